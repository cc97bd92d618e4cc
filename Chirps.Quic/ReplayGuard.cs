using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Recognises first flights that were seen before (RFC 8446 section 8.2): their early data is refused. Any thread.</summary>
/// <remarks>GnuTLS refuses by itself what is older than the window; within it this remembers every first flight. When too many
/// came to remember, early data is refused: safe, and only slower.</remarks>
internal sealed unsafe class ReplayGuard : IDisposable
{
    private const uint WindowMilliseconds = 10_000;
    private const int Capacity = 65_536;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, long> _seen = [];
    private readonly Queue<(UInt128 Key, long Expires)> _order = new();
    private readonly EndpointCounters _counters;
    private readonly void* _native;
    private GCHandle _self;

    public ReplayGuard(EndpointCounters counters)
    {
        _counters = counters;
        void* native;
        GnuTls.Check(GnuTls.AntiReplayInit(&native), "guard against replays");
        _native = native;
        _self = GCHandle.Alloc(this);
        GnuTls.AntiReplaySetWindow(native, WindowMilliseconds);
        GnuTls.AntiReplaySetPointer(native, (void*)GCHandle.ToIntPtr(_self));
        GnuTls.AntiReplaySetAdd(native, &OnAdd);
    }

    /// <summary>Guards a server session that takes early data.</summary>
    public void Protect(void* session) => GnuTls.AntiReplayEnable(session, _native);

    public void Dispose()
    {
        GnuTls.AntiReplayDeinit(_native);
        _self.Free();
    }

    /// <summary>Remembers a first flight.</summary>
    /// <param name="key">What GnuTLS knows it by.</param>
    /// <param name="expires">Until when it could be taken for a fresh one, in Unix seconds.</param>
    /// <returns>False when it was seen before, or cannot be remembered.</returns>
    internal bool TryAdd(ReadOnlySpan<byte> key, long expires)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        var id = MemoryMarshal.Read<UInt128>(hash);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && oldest.Expires < now)
            {
                _order.Dequeue();
                _seen.Remove(oldest.Key);
            }

            if (_seen.Count >= Capacity || !_seen.TryAdd(id, expires))
            {
                _counters.ReplayRefused();
                return false;
            }

            _order.Enqueue((id, expires));
            return true;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int OnAdd(void* pointer, long expires, GnuTlsDatum* key, GnuTlsDatum* data)
    {
        try
        {
            var guard = (ReplayGuard)GCHandle.FromIntPtr((nint)pointer).Target!;
            return guard.TryAdd(new ReadOnlySpan<byte>(key->Data, (int)key->Size), expires) ? 0 : GnuTls.ErrorEntryExists;
        }
        catch (Exception)
        {
            return GnuTls.ErrorEntryExists; // what cannot be remembered is refused
        }
    }
}
