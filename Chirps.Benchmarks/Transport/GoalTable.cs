namespace Chirps.Benchmarks.Transport;

/// <summary>Prints figures beside their goals.</summary>
internal sealed class GoalTable
{
    private readonly TextWriter _output = Console.Out;
    private int _goals;
    private int _reached;

    public void Section(string title)
    {
        _output.WriteLine();
        _output.WriteLine(title);
    }

    /// <summary>A figure without a goal.</summary>
    public void Figure(string name, string value) => _output.WriteLine($"  {name,-46} {value}");

    /// <summary>A figure that should be at most so much.</summary>
    public void AtMost(string name, double value, double goal, string unit) => Goal(name, value, $"<= {goal}", value <= goal, unit);

    /// <summary>A figure that should be at least so much.</summary>
    public void AtLeast(string name, double value, double goal, string unit) => Goal(name, value, $">= {goal}", value >= goal, unit);

    public void Summary()
    {
        _output.WriteLine();
        _output.WriteLine($"{_reached} of {_goals} goals reached");
    }

    private void Goal(string name, double value, string goal, bool reached, string unit)
    {
        _goals++;
        _reached += reached ? 1 : 0;
        _output.WriteLine($"  {name,-46} {value,9:F2} {unit,-7} goal {goal,-9} {(reached ? "reached" : "MISSED")}");
    }
}
