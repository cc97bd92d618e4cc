namespace Chirps.Tests.Architecture;

/// <summary>Finds the checkout the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory)
        => File.Exists(Path.Combine(directory, "Chirps.Orleans.sln"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests do not run below the checkout."));
}
