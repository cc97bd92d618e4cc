using System.Security.Cryptography;
using System.Text;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary>
/// The token that HTTP asks for, and the sessions of browsers that have shown it once. Any thread. The token is kept as a hash, and
/// compared as one in a time that tells nothing. A session is a signed instant: there is no table to fill, and it ends with the process,
/// with the token, or with its time.
/// </summary>
internal sealed partial class HttpToken
{
    private const int LengthMin = 16;
    private const int FileBytesMax = 4096;
    private static readonly TimeSpan _lookAgain = TimeSpan.FromSeconds(2);

    private readonly string _file;
    private readonly TimeSpan _sessionTime;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly byte[] _sessionKey = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _gate = new();
    private byte[] _hash = [];
    private long _lookedAt;
    private bool _isFileBad;

    /// <summary>Takes the token from the options, or its file.</summary>
    /// <exception cref="MeshConfigurationException">The file cannot be read, or holds no token.</exception>
    public HttpToken(HttpOptions options, TimeProvider clock, ILogger<HttpToken> logger)
    {
        _file = options.TokenFile;
        _sessionTime = options.SessionTime;
        _clock = clock;
        _logger = logger;
        if (_file.Length > 0)
        {
            _hash = TryReadFile(out var hash, out var problem) ? hash : throw new MeshConfigurationException("Chirps:Http:TokenFile", problem);
            _lookedAt = clock.GetTimestamp();
        }
        else if (options.Token.Length > 0)
        {
            _hash = Hash(options.Token);
        }
    }

    /// <summary>Whether a token is asked for.</summary>
    public bool IsNeeded => _hash.Length > 0;

    /// <summary>How long a session lasts.</summary>
    public TimeSpan SessionTime => _sessionTime;

    /// <summary>Whether this is the token.</summary>
    public bool Matches(string presented) => CryptographicOperations.FixedTimeEquals(Hash(presented), Current());

    /// <summary>Begins a session: the value of its cookie.</summary>
    public string BeginSession()
    {
        var until = _clock.GetUtcNow().Add(_sessionTime).ToUnixTimeSeconds();
        return $"{until}.{Convert.ToHexString(Sign(until))}";
    }

    /// <summary>Whether a cookie is of a session that goes on.</summary>
    public bool IsSession(string? cookie)
    {
        var dot = cookie?.IndexOf('.') ?? -1;
        return dot > 0
            && long.TryParse(cookie.AsSpan(0, dot), out var until)
            && until > _clock.GetUtcNow().ToUnixTimeSeconds()
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(cookie![(dot + 1)..]), Encoding.ASCII.GetBytes(Convert.ToHexString(Sign(until))));
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private byte[] Sign(long until) => HMACSHA256.HashData(_sessionKey, (byte[])[.. BitConverter.GetBytes(until), .. Current()]);

    /// <summary>The hash in force; looks at the file again when some time has passed.</summary>
    private byte[] Current()
    {
        lock (_gate)
        {
            if (_file.Length == 0 || _clock.GetElapsedTime(_lookedAt) < _lookAgain)
            {
                return _hash;
            }

            _lookedAt = _clock.GetTimestamp();
            var isGood = TryReadFile(out var hash, out var problem);
            if (isGood && !_hash.AsSpan().SequenceEqual(hash))
            {
                _hash = hash;
                LogTaken(_logger, _file);
            }
            else if (!isGood && !_isFileBad)
            {
                LogKept(_logger, _file, problem);
            }

            _isFileBad = !isGood;
            return _hash;
        }
    }

    private bool TryReadFile(out byte[] hash, out string problem)
    {
        hash = [];
        try
        {
            var file = new FileInfo(_file);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                problem = $"everybody on this machine can read or write '{_file}'; chmod 600 keeps the token to its owner";
                return false;
            }

            var text = file.Exists && file.Length > FileBytesMax ? "" : File.ReadAllText(_file).Trim();
            if (text.Length < LengthMin || text.Any(letter => letter is <= ' ' or > '~'))
            {
                problem = $"'{_file}' holds no token: at least {LengthMin} visible ASCII characters are needed; `openssl rand -hex 32` makes a good one";
                return false;
            }

            hash = Hash(text);
            problem = "";
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"'{_file}' cannot be read: {exception.Message}";
            return false;
        }
    }

    [LoggerMessage(5020, LogLevel.Information, "The HTTP token in {File} has changed and is in force; sessions of the old one have ended")]
    private static partial void LogTaken(ILogger logger, string file);

    [LoggerMessage(5021, LogLevel.Warning, "The HTTP token in {File} cannot be taken, the one in force stays: {Problem}")]
    private static partial void LogKept(ILogger logger, string file, string problem);
}
