namespace Chirps.Quic;

/// <summary>A reusable buffer with one datagram in it.</summary>
internal sealed class Datagram(byte[] buffer)
{
    public byte[] Buffer { get; } = buffer;

    public int Length { get; set; }
}
