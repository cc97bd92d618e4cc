using System.Globalization;

namespace Chirps.Node;

/// <summary>The least and the greatest value of an option; checked when options are read, and said in the reference.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute : Attribute
{
    private readonly IComparable _least;
    private readonly IComparable _most;

    /// <summary>For numbers.</summary>
    public BetweenAttribute(double least, double most)
    {
        (_least, _most) = (least, most);
        (Least, Most) = (least.ToString("0.###", CultureInfo.InvariantCulture), most.ToString("0.###", CultureInfo.InvariantCulture));
    }

    /// <summary>For durations: <c>100ms</c>, <c>1d</c>.</summary>
    public BetweenAttribute(string least, string most)
    {
        (Least, Most) = (least, most);
        (_least, _most) = (Duration(least), Duration(most));
    }

    /// <summary>The least value, as it is written.</summary>
    public string Least { get; }

    /// <summary>The greatest value, as it is written.</summary>
    public string Most { get; }

    /// <summary>Whether a value lies between.</summary>
    internal bool Holds(object value) => value switch
    {
        TimeSpan duration => _least is TimeSpan && duration.CompareTo(_least) >= 0 && duration.CompareTo(_most) <= 0,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && number.CompareTo(_least) >= 0 && number.CompareTo(_most) <= 0,
    };

    private static TimeSpan Duration(string text)
        => Quantities.TryParseDuration(text, out var duration) ? duration : throw new ArgumentException($"'{text}' is no duration.", nameof(text));
}

/// <summary>A change of the option comes into force without a restart.</summary>
/// <param name="condition">When that is so; empty: always.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReloadsAttribute(string condition = "") : Attribute
{
    /// <summary>When that is so; empty: always.</summary>
    public string Condition => condition;
}

/// <summary>The option's value is nobody's business: it is never shown and never logged.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
