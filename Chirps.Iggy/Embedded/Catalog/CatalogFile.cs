using System.Text.Json;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>Keeps the catalog in one small file, replaced as a whole.</summary>
internal sealed class CatalogFile(ILogDirectory directory)
{
    private const string Name = "catalog.json";
    private const string NewName = "catalog.json.new";

    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true };

    /// <summary>The catalog, empty when there is none yet.</summary>
    /// <exception cref="InvalidDataException">The file is damaged. Nothing is started on a guess of what was in it.</exception>
    public CatalogState Read()
    {
        if (!directory.Files().Contains(Name))
        {
            return new CatalogState();
        }

        try
        {
            using var file = directory.Open(Name);
            var bytes = new byte[file.Length];
            var read = file.Read(bytes, 0);
            return JsonSerializer.Deserialize<CatalogState>(bytes.AsSpan(0, read)) ?? throw new InvalidDataException($"{Name} is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{Name} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Replaces the file; it is on stable storage when this returns.</summary>
    /// <exception cref="IOException">The file is as it was, or the new one is there but may not survive a crash.</exception>
    public void Write(CatalogState state)
    {
        directory.Delete(NewName);
        using (var file = directory.Create(NewName))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(state, _json), 0);
            file.Sync();
        }

        directory.Rename(NewName, Name);
        directory.Sync();
    }
}
