using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Deadlines: ngtcp2's own while in use, the end of the closing period after that.</content>
internal sealed unsafe partial class QuicConnection
{
    /// <summary>Handles what is due. On the endpoint's thread.</summary>
    internal void HandleTimer(ulong now)
    {
        lock (_gate)
        {
            if (_phase == ConnectionPhase.Dead || Expiry > now)
            {
                return;
            }

            if (_phase == ConnectionPhase.Closing)
            {
                Destroy();
                return;
            }

            now = Advance(now);
            var error = Ngtcp2.HandleExpiry(_native, now);
            if (error != 0)
            {
                Fail(error, now);
                return;
            }

            Volatile.Write(ref _work, 1);
        }

        Pump();
    }
}
