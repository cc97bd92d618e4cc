using System.Globalization;
using Chirps.Engine.Time;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>Random operations, faults and power failures against a list in memory.</summary>
public sealed class LogModelTests
{
    private const int Operations = 150;

    public static TheoryData<ulong> Seeds()
    {
        var chosen = Environment.GetEnvironmentVariable("CHIRPS_SEED");
        return chosen is null ? [.. Enumerable.Range(1, 60).Select(seed => (ulong)seed)] : [ulong.Parse(chosen, CultureInfo.InvariantCulture)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_log_agrees_with_a_list_whatever_happens(ulong seed)
    {
        using var run = new Run(seed);
        try
        {
            await run.Play();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Seed {seed} failed. Replay: CHIRPS_SEED={seed} dotnet test --filter {nameof(LogModelTests)}", exception);
        }
    }

    private sealed class Run(ulong seed) : IDisposable
    {
        private readonly LogTestKit _kit = new() { Settings = new LogSettings { SegmentBytes = 2048, IndexStrideBytes = 300, DeduplicationWindow = 8 } };
        private readonly FaultyDirectory _directory = new();
        private readonly SeededRandom _random = new(seed);

        /// <summary>Confirmed messages by offset.</summary>
        private readonly SortedDictionary<ulong, ulong> _model = [];

        private ulong _content;
        private PartitionLog _log = null!;

        public async Task Play()
        {
            _log = _kit.Open(_directory);
            for (var step = 0; step < Operations; step++)
            {
                await Step();
            }

            await _log.DisposeAsync();
            _log = _kit.Open(_directory);
            Compare();
        }

        public void Dispose() => _kit.Dispose();

        private async Task Step()
        {
            switch (_random.Next(20))
            {
                case < 11:
                    await Append(1 + _random.Next(6));
                    break;
                case 11:
                    Compare();
                    break;
                case 12:
                    await _log.DisposeAsync();
                    _log = _kit.Open(_directory);
                    break;
                case 13 or 14:
                    await LosePower();
                    break;
                case 15:
                    _directory.Room = _random.Next(600);
                    await Append(1 + _random.Next(6));
                    _directory.Room = long.MaxValue;
                    break;
                case 16:
                    _directory.FailingSyncs = 1 + _random.Next(3);
                    await Append(1 + _random.Next(6));
                    _directory.FailingSyncs = 0;
                    break;
                case 17:
                    await _log.RemoveSegmentsAsync((uint)_random.Next(3));
                    break;
                case 18 when _random.Next(4) == 0:
                    await _log.PurgeAsync();
                    _model.Clear();
                    break;
                default:
                    await _log.SyncAsync();
                    break;
            }
        }

        private async Task Append(int publishers)
        {
            var sent = Enumerable.Range(0, publishers).Select(_ => (Content: _content++, Bytes: 8 + _random.Next(500))).ToArray();
            var appends = sent.Select(one => LogTestKit.Append(_log, one.Content, one.Bytes)).ToArray();
            for (var index = 0; index < appends.Length; index++)
            {
                try
                {
                    _model.Add((await appends[index]).FirstOffset, sent[index].Content);
                }
                catch (Exception refusal) when (refusal is DiskFullException or LogFailedException)
                {
                }
            }
        }

        private async Task LosePower()
        {
            // Some appends are under way; nobody hears whether they are stored.
            var lost = LogTestKit.Append(_log, ulong.MaxValue, 700);
            await Task.WhenAny(lost, Task.CompletedTask);
            await lost;
            _model.Add(_log.NextOffset - 1, ulong.MaxValue);
            _directory.LosePower(_random);
            _log = _kit.Open(_directory);
            Assert.Empty(_log.Gaps);
            Compare();
        }

        private void Compare()
        {
            var kept = LogTestKit.Read(_log, 0);
            var start = _log.StartOffset;
            Assert.Equal(_model.Where(pair => pair.Key >= start).Select(pair => (pair.Key, pair.Value)), kept);
            foreach (var (offset, content) in kept.Where(_ => _random.Next(8) == 0))
            {
                Assert.Equal((offset, content), LogTestKit.Read(_log, offset, count: 1).Single());
            }
        }
    }
}
