using Chirps.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Credentials;

/// <summary>A certificate of 100 days.</summary>
public sealed class ExpiryWarningTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WatchedFiles _files;

    public ExpiryWarningTests()
    {
        _files = new WatchedFiles(_clock);
        _files.Write(_files.First);
        _files.Watch(TimeSpan.FromHours(4));
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_end_of_a_certificate_is_warned_of_at_a_fifth_and_at_a_twentieth_of_its_time()
    {
        _clock.Advance(TimeSpan.FromDays(79));
        Assert.Empty(_files.Log.At(LogLevel.Warning));

        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Contains("less than 20 %", Assert.Single(_files.Log.At(LogLevel.Warning)), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal(2, _files.Log.At(LogLevel.Warning).Count);
        Assert.Empty(_files.Log.At(LogLevel.Error));

        _clock.Advance(TimeSpan.FromDays(5));
        Assert.Single(_files.Log.At(LogLevel.Error));
        Assert.Equal(2, _files.Log.At(LogLevel.Warning).Count);
        Assert.InRange(_files.Metric("chirps_tls_certificate_expiry_seconds"), -TimeSpan.FromDays(1).TotalSeconds - 1, -1);
    }

    [Fact]
    public void A_new_certificate_silences_the_warnings_of_the_old_one()
    {
        _clock.Advance(TimeSpan.FromDays(81));
        _files.Write(_files.Issue());
        _clock.Advance(TimeSpan.FromDays(79));

        Assert.Single(_files.Replaced);
        Assert.Single(_files.Log.At(LogLevel.Warning));
    }
}
