using Chirps.Engine.Wire;

namespace Chirps.Tests.Wire;

public sealed class InternetChecksumTests
{
    [Fact]
    public void The_example_of_RFC_1071_section_3_gives_its_sum() =>
        Assert.Equal(0xDDF2, (ushort)~InternetChecksum.Compute([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Fact]
    public void An_odd_last_byte_counts_as_if_followed_by_zero() =>
        Assert.Equal(InternetChecksum.Compute([1, 2, 3, 0]), InternetChecksum.Compute([1, 2, 3]));

    [Fact]
    public void Bytes_with_their_own_checksum_sum_to_zero()
    {
        byte[] bytes = [1, 2, 3, 4, 0, 0];
        var checksum = InternetChecksum.Compute(bytes);

        bytes[4] = (byte)(checksum >> 8);
        bytes[5] = (byte)checksum;

        Assert.Equal(0, InternetChecksum.Compute(bytes));
    }

    [Fact]
    public void Nothing_has_the_complement_of_zero() => Assert.Equal(0xFFFF, InternetChecksum.Compute([]));
}
