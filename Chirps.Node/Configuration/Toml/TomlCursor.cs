using System.Globalization;
using System.Text;

namespace Chirps.Node.Toml;

/// <summary>Where a reader is in a TOML text: characters, blanks, strings.</summary>
/// <param name="text">The whole text.</param>
internal sealed class TomlCursor(string text)
{
    private int _at;

    /// <summary>The present line, counted from 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The present character; <c>\0</c> at the end.</summary>
    public char Now => _at < text.Length ? text[_at] : '\0';

    /// <summary>Whether the text is over.</summary>
    public bool IsAtEnd => _at >= text.Length;

    /// <summary>Whether the text goes on with these characters.</summary>
    public bool IsAt(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    /// <summary>Takes the present character.</summary>
    public char Take()
    {
        var taken = Now;
        Line += taken == '\n' ? 1 : 0;
        _at++;
        return taken;
    }

    /// <summary>Takes these characters where the text goes on with them.</summary>
    public bool TryTake(string what)
    {
        if (!IsAt(what))
        {
            return false;
        }

        for (var taken = 0; taken < what.Length; taken++)
        {
            Take();
        }

        return true;
    }

    /// <summary>Skips spaces and tabs.</summary>
    public void SkipBlanks()
    {
        while (Now is ' ' or '\t')
        {
            Take();
        }
    }

    /// <summary>Skips blanks, comments and ends of lines.</summary>
    public void SkipLines()
    {
        while (!IsAtEnd && (Now is ' ' or '\t' or '\r' or '\n' or '#'))
        {
            if (Now == '#')
            {
                SkipComment();
            }
            else
            {
                Take();
            }
        }
    }

    /// <summary>Takes the rest of a line, which may hold a comment and nothing else.</summary>
    /// <exception cref="TomlException">There is something else.</exception>
    public void EndLine()
    {
        SkipBlanks();
        SkipComment();
        if (!IsAtEnd && !TryTake("\r\n") && !TryTake("\n"))
        {
            throw new TomlException(Line, $"'{Now}' is not expected here; a line has one key and its value");
        }
    }

    /// <summary>Takes characters as long as they fit.</summary>
    public string TakeWhile(Func<char, bool> fits)
    {
        var start = _at;
        while (!IsAtEnd && fits(Now))
        {
            Take();
        }

        return text[start.._at];
    }

    /// <summary>Takes a string, whose first quote is the present character.</summary>
    /// <exception cref="TomlException">It does not end, or has an escape that does not exist.</exception>
    public string TakeString()
    {
        var line = Line;
        var quote = Now;
        var isLong = TryTake(new string(quote, 3));
        if (!isLong)
        {
            Take();
        }
        else if (!TryTake("\r\n"))
        {
            TryTake("\n"); // right behind the quotes it is not part of the string
        }

        var end = isLong ? new string(quote, 3) : quote.ToString();
        var value = new StringBuilder();
        while (!IsAt(end))
        {
            if (IsAtEnd || (!isLong && Now is '\n' or '\r'))
            {
                throw new TomlException(line, $"the string is not ended by {end}");
            }

            if (quote == '"' && Now == '\\')
            {
                TakeEscape(value, isLong);
            }
            else
            {
                value.Append(Take());
            }
        }

        TryTake(end);
        return value.ToString();
    }

    private void SkipComment()
    {
        if (Now == '#')
        {
            TakeWhile(letter => letter is not '\n' and not '\r');
        }
    }

    private void TakeEscape(StringBuilder value, bool isLong)
    {
        Take();
        var escaped = Take();
        switch (escaped)
        {
            case 'u' or 'U':
                var digits = new string([.. Enumerable.Range(0, escaped == 'u' ? 4 : 8).Select(_ => IsAtEnd ? ' ' : Take())]);
                var isNumber = int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code);
                value.Append(isNumber ? new Rune(code).ToString() : throw new TomlException(Line, $"\\{escaped}{digits} is no character"));
                break;
            case '\n' or '\r' or ' ' or '\t' when isLong:
                TakeWhile(char.IsWhiteSpace);
                break;
            default:
                var index = "btnfr\"\\".IndexOf(escaped, StringComparison.Ordinal);
                value.Append(index >= 0 ? "\b\t\n\f\r\"\\"[index] : throw new TomlException(Line, $"there is no escape \\{escaped}; a backslash is \\\\, or use single quotes: 'C:\\path'"));
                break;
        }
    }
}
