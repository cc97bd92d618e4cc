namespace Chirps.Tests.Operations;

/// <summary>A theory that needs a program of the machine; skipped where it is not on the PATH.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    public ProgramTheoryAttribute(string program)
    {
        Program = program;
        if (ExternalProgram.Find(program) is null)
        {
            Skip = $"There is no {program} on this machine.";
        }
    }

    public string Program { get; }
}
