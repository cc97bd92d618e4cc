using System.Security.Cryptography;
using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Answers that need no connection. Each is smaller than, or at most about as large as, what it answers.</content>
internal sealed unsafe partial class QuicEndpoint
{
    /// <summary>Transport error codes (RFC 9000 section 20.1).</summary>
    private const ulong ConnectionRefused = 2;
    private const ulong InvalidToken = 11;

    private const int InitialPacketMin = 1200;
    private const int SecretLength = 32;
    internal const int TokenMax = 256;
    private const int ResetRandomMax = 22;
    private const ulong TokenLifetime = 10 * Clock.Second;

    /// <summary>A client that stays away longer proves its address anew.</summary>
    private const ulong RegularTokenLifetime = 24 * 3600 * Clock.Second;

    private readonly byte[] _tokenSecret = RandomNumberGenerator.GetBytes(SecretLength);
    private readonly TokenBucket _statelessLimit = new(perSecond: 200, burst: 100);

    private void NegotiateVersion(in ReceivedMessage message, NgVersionCid* header, int length, ulong now)
    {
        if (length < InitialPacketMin || !_statelessLimit.TryTake(now))
        {
            return;
        }

        const int PacketMax = 640; // two ids of up to 255 bytes and the versions
        var packet = stackalloc byte[PacketMax];
        var version = Ngtcp2.QuicVersion1;
        var written = Ngtcp2.WriteVersionNegotiation(
            packet, PacketMax, (byte)Random.Shared.Next(256), header->Scid, header->ScidLength, header->Dcid, header->DcidLength, &version, 1);
        Counters.VersionNegotiationSent();
        Answer(message, packet, written);
    }

    /// <summary>Has a client prove that it receives at its address.</summary>
    private void Retry(in ReceivedMessage message, NgPacketHeader* header)
    {
        NgCid scid;
        ConnectionIds.Choose(&scid);
        var token = stackalloc byte[TokenMax];
        nint tokenLength;
        fixed (byte* secret = _tokenSecret)
        {
            tokenLength = Ngtcp2Crypto.GenerateRetryToken(
                token, secret, SecretLength, header->Version, message.Remote, message.RemoteLength, &scid, &header->Dcid, Clock.Wall);
        }

        if (tokenLength <= 0)
        {
            return;
        }

        const int PacketMax = 512;
        var packet = stackalloc byte[PacketMax];
        var written = Ngtcp2Crypto.WriteRetry(
            packet, PacketMax, header->Version, &header->Scid, &scid, &header->Dcid, token, (nuint)tokenLength);
        Counters.RetrySent();
        Answer(message, packet, written);
    }

    private bool VerifyToken(in ReceivedMessage message, NgPacketHeader* header, NgCid* originalDcid)
    {
        fixed (byte* secret = _tokenSecret)
        {
            return Ngtcp2Crypto.VerifyRetryToken(
                originalDcid, header->Token, header->TokenLength, secret, SecretLength, header->Version,
                message.Remote, message.RemoteLength, &header->Dcid, TokenLifetime, Clock.Wall) == 0;
        }
    }

    /// <summary>Writes a token by which a client proves its address on its next connection.</summary>
    /// <returns>Its length, or 0.</returns>
    internal int WriteRegularToken(byte* remote, uint remoteLength, byte* token)
    {
        fixed (byte* secret = _tokenSecret)
        {
            return Math.Max(0, (int)Ngtcp2Crypto.GenerateRegularToken(token, secret, SecretLength, remote, remoteLength, Clock.Wall));
        }
    }

    private bool VerifyRegularToken(in ReceivedMessage message, NgPacketHeader* header)
    {
        fixed (byte* secret = _tokenSecret)
        {
            return Ngtcp2Crypto.VerifyRegularToken(
                header->Token, header->TokenLength, secret, SecretLength, message.Remote, message.RemoteLength, RegularTokenLifetime, Clock.Wall) == 0;
        }
    }

    private void Refuse(in ReceivedMessage message, NgPacketHeader* header, ulong code, ulong now)
    {
        if (!_statelessLimit.TryTake(now))
        {
            return;
        }

        const int PacketMax = 256;
        var packet = stackalloc byte[PacketMax];
        var written = Ngtcp2Crypto.WriteConnectionClose(packet, PacketMax, header->Version, &header->Scid, &header->Dcid, code, null, 0);
        Answer(message, packet, written);
    }

    /// <summary>Tells a peer that we know nothing of its connection; always shorter than the packet it answers.</summary>
    private void Reset(in ReceivedMessage message, NgVersionCid* header, int length, ulong now)
    {
        if (!_statelessLimit.TryTake(now))
        {
            return;
        }

        const int PacketMax = 64;
        var id = NgCid.From(new ReadOnlySpan<byte>(header->Dcid, (int)header->DcidLength));
        var token = stackalloc byte[ConnectionIds.ResetTokenLength];
        if (!Ids.TryWriteResetToken(&id, token))
        {
            return;
        }

        var randomLength = Math.Min(ResetRandomMax, length - 1 - ConnectionIds.ResetTokenLength);
        var random = stackalloc byte[ResetRandomMax];
        RandomNumberGenerator.Fill(new Span<byte>(random, randomLength));
        var packet = stackalloc byte[PacketMax];
        var written = Ngtcp2.WriteStatelessReset(packet, PacketMax, token, random, (nuint)randomLength);
        Counters.ResetSent();
        Answer(message, packet, written);
    }

    /// <summary>Sends what was written. Callers count before: whoever sees the answer finds it counted.</summary>
    private void Answer(in ReceivedMessage message, byte* packet, nint length)
    {
        if (length <= 0)
        {
            return;
        }

        NgPath path = default;
        path.Local.Address = message.Local;
        path.Local.Length = message.LocalLength;
        path.Remote.Address = message.Remote;
        path.Remote.Length = message.RemoteLength;
        Socket.Send(path, packet, (int)length, (int)length, 0);
    }
}
