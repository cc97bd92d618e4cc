using System.Globalization;

namespace Chirps.Node.Toml;

/// <summary>
/// Reads TOML 1.0 strictly, all of it that a configuration needs: tables, arrays of tables, dotted and quoted keys, every kind of string, numbers,
/// booleans, arrays, inline tables. No dates and times: there is no option of that kind.
/// </summary>
internal sealed class TomlReader
{
    private readonly TomlCursor _cursor;
    private readonly List<TomlValue> _values = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _arrays = new(StringComparer.Ordinal);

    private TomlReader(string text) => _cursor = new TomlCursor(text);

    /// <summary>Reads a text.</summary>
    /// <returns>Every single value, in the order of the text.</returns>
    /// <exception cref="TomlException">The text makes no sense; the message names the line.</exception>
    public static IReadOnlyList<TomlValue> Read(string text)
    {
        var reader = new TomlReader(text);
        reader.ReadAll();
        return reader._values;
    }

    private void ReadAll()
    {
        IReadOnlyList<string> table = [];
        for (_cursor.SkipLines(); !_cursor.IsAtEnd; _cursor.SkipLines())
        {
            if (_cursor.Now == '[')
            {
                table = ReadHeader();
            }
            else
            {
                ReadPair(table);
            }

            _cursor.EndLine();
        }
    }

    /// <summary><c>[a.b]</c> or <c>[[a.b]]</c>; the latter begins another element each time.</summary>
    private List<string> ReadHeader()
    {
        var line = _cursor.Line;
        var isArray = _cursor.TryTake("[[");
        if (!isArray)
        {
            _cursor.Take();
        }

        var path = Elements(ReadKey(), last: isArray);
        _cursor.SkipBlanks();
        if (!_cursor.TryTake(isArray ? "]]" : "]"))
        {
            throw new TomlException(line, $"the table's name is not ended by {(isArray ? "]]" : "]")}");
        }

        if (!_taken.Add($"[{Join(path)}]") || _taken.Contains(Join(path)))
        {
            throw new TomlException(line, $"{string.Join('.', path)} is there already");
        }

        return path;
    }

    /// <summary>The path with the present element of each array of tables in it; a new element of the last one.</summary>
    private List<string> Elements(List<string> names, bool last)
    {
        var path = new List<string>();
        for (var index = 0; index < names.Count; index++)
        {
            path.Add(names[index]);
            var key = Join(path);
            var isNew = last && index == names.Count - 1;
            if (isNew || _arrays.ContainsKey(key))
            {
                _arrays[key] = _arrays.GetValueOrDefault(key, -1) + (isNew ? 1 : 0);
                path.Add(_arrays[key].ToString(CultureInfo.InvariantCulture));
            }
        }

        return path;
    }

    private void ReadPair(IReadOnlyList<string> table)
    {
        var line = _cursor.Line;
        List<string> path = [.. table, .. ReadKey()];
        _cursor.SkipBlanks();
        if (!_cursor.TryTake("="))
        {
            throw new TomlException(line, $"'{string.Join('.', path)}' is not followed by = and a value");
        }

        if (!_taken.Add(Join(path)))
        {
            throw new TomlException(line, $"{string.Join('.', path)} is there already");
        }

        _cursor.SkipBlanks();
        ReadValue(path);
    }

    private List<string> ReadKey()
    {
        var names = new List<string>();
        do
        {
            _cursor.SkipBlanks();
            var name = _cursor.Now is '"' or '\'' ? _cursor.TakeString() : _cursor.TakeWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');
            names.Add(name.Length > 0 ? name : throw new TomlException(_cursor.Line, _cursor.IsAtEnd ? "a key is missing" : $"'{_cursor.Now}' is no key; letters, digits, _ and - are, or anything in quotes"));
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake("."));
        return names;
    }

    private void ReadValue(List<string> path)
    {
        var line = _cursor.Line;
        switch (_cursor.Now)
        {
            case '"' or '\'':
                _values.Add(new TomlValue(path, _cursor.TakeString(), TomlKind.Text, line));
                break;
            case '[':
                ReadArray(path, line);
                break;
            case '{':
                ReadInlineTable(path, line);
                break;
            default:
                ReadBare(path, line);
                break;
        }
    }

    private void ReadArray(List<string> path, int line)
    {
        _cursor.Take();
        var count = 0;
        for (_cursor.SkipLines(); !_cursor.TryTake("]"); _cursor.SkipLines())
        {
            if (_cursor.IsAtEnd)
            {
                throw new TomlException(line, "the array is not ended by ]");
            }

            ReadValue([.. path, (count++).ToString(CultureInfo.InvariantCulture)]);
            _cursor.SkipLines();
            if (!_cursor.TryTake(",") && _cursor.Now != ']' && !_cursor.IsAtEnd)
            {
                throw new TomlException(_cursor.Line, "the elements of an array are parted by commas");
            }
        }

        if (count == 0)
        {
            _values.Add(new TomlValue(path, "", TomlKind.Empty, line));
        }
    }

    private void ReadInlineTable(List<string> path, int line)
    {
        _cursor.Take();
        _cursor.SkipBlanks();
        if (_cursor.TryTake("}"))
        {
            return;
        }

        do
        {
            ReadPair(path);
            _cursor.SkipBlanks();
        }
        while (_cursor.TryTake(","));
        if (!_cursor.TryTake("}"))
        {
            throw new TomlException(line, "the table in braces is not ended by } on its line");
        }
    }

    private void ReadBare(List<string> path, int line)
    {
        var text = _cursor.TakeWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '+' or '.' or ':');
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var isInteger = IsInteger(plain, out var number);
        if (text is "true" or "false")
        {
            _values.Add(new TomlValue(path, text, TomlKind.Boolean, line));
        }
        else if (isInteger)
        {
            _values.Add(new TomlValue(path, number.ToString(CultureInfo.InvariantCulture), TomlKind.Integer, line));
        }
        else if (plain.Length > 0 && plain[^1] != '.' && plain[0] != '.' && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            _values.Add(new TomlValue(path, plain, TomlKind.Float, line));
        }
        else
        {
            throw new TomlException(line, text.Length == 0 ? $"{string.Join('.', path)} has no value" : $"'{text}' is no value; a text stands in quotes: \"{text}\"");
        }
    }

    private static bool IsInteger(string text, out long number)
    {
        var (digits, style) = text.Length > 2 && text[0] == '0' && text[1] is 'x' ? (text[2..], NumberStyles.AllowHexSpecifier)
            : text.Length > 2 && text[0] == '0' && text[1] is 'b' ? (text[2..], NumberStyles.AllowBinarySpecifier)
            : (text, NumberStyles.AllowLeadingSign);
        return long.TryParse(digits, style, CultureInfo.InvariantCulture, out number);
    }

    private static string Join(IEnumerable<string> path) => string.Join('\u001f', path);
}
