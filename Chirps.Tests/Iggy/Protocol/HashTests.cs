using Chirps.Iggy.Protocol;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>Both hashes against values of the reference implementations; byte i of the input is 7 i + 3.</summary>
public sealed class HashTests
{
    [Theory]
    [InlineData(0, 0x02cc5d05, 0x2d06800538d394c2)]
    [InlineData(1, 0x21ae663a, 0x13e608bc156defed)]
    [InlineData(3, 0xcd3d2242, 0xa9088dda485b481c)]
    [InlineData(4, 0x725479f2, 0x6d9253b16c8b1ed3)]
    [InlineData(8, 0x29b5025a, 0x60539db630471163)]
    [InlineData(9, 0xd8286c54, 0xfeff668361d723a8)]
    [InlineData(16, 0x8845547d, 0xb8c859b0f030b585)]
    [InlineData(17, 0x450e5f84, 0x714a04408e79b80f)]
    [InlineData(32, 0xe988ccb7, 0x19ff4ee1d6ba1a55)]
    [InlineData(56, 0x0cbc8037, 0x80e7e98ebad41d43)]
    [InlineData(64, 0xecd2ac44, 0x287eb1fa9e4be2c1)]
    [InlineData(100, 0x73091a4d, 0xb5937857f0d78c9f)]
    [InlineData(128, 0x4a61f5b0, 0x67425a03650261bf)]
    [InlineData(129, 0x8491ee68, 0xc664bf3311c6abc4)]
    [InlineData(200, 0x2870dbaa, 0x746cd0025327bf5b)]
    [InlineData(240, 0x63424396, 0x64556dc6b462a6cf)]
    [InlineData(241, 0x607a9c5f, 0x8beadd3a8874fe17)]
    [InlineData(256, 0x85baa5f7, 0x3c38817f6d79c0da)]
    [InlineData(512, 0x7dd9ef33, 0xf58202b8d9019d1d)]
    [InlineData(1000, 0xc85a5152, 0x6c4f14bd97bd9e82)]
    [InlineData(1024, 0x7d0eaf57, 0x9b81661c641c72b1)]
    [InlineData(1025, 0xecafbf6d, 0x806c2072ed713576)]
    [InlineData(2048, 0x64e3bd09, 0xabe604813ba62ed1)]
    [InlineData(4096, 0x4e81883c, 0xd7428746842be37e)]
    [InlineData(5000, 0x5a67584b, 0x799aaddd7339581d)]
    public void Hashes_are_those_of_the_reference(int length, uint expected32, ulong expected64)
    {
        var input = Enumerable.Range(0, length).Select(index => (byte)((7 * index) + 3)).ToArray();

        Assert.Equal(expected32, XxHash32.Of(input));
        Assert.Equal(expected64, XxHash3.Of(input));
    }
}
