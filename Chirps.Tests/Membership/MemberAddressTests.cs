using System.Net;
using Chirps.Engine.Membership;

namespace Chirps.Tests.Membership;

public sealed class MemberAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:42000")]
    [InlineData("[::1]:42000")]
    [InlineData("[2001:db8::7]:65535")]
    public void An_address_survives_the_socket_address_the_wire_and_text(string text)
    {
        var address = MemberAddress.FromIPEndPoint(IPEndPoint.Parse(text));
        var wire = new byte[MemberAddress.WireBytes];
        address.Write(wire);

        Assert.Equal(text, address.ToString());
        Assert.Equal(address, MemberAddress.Read(wire));
        Assert.Equal(IPEndPoint.Parse(text), address.ToIPEndPoint());
    }

    [Fact]
    public void An_IPv4_address_and_its_mapped_form_are_the_same() => Assert.Equal(
        MemberAddress.FromIPEndPoint(IPEndPoint.Parse("10.0.0.1:1")), MemberAddress.FromIPEndPoint(IPEndPoint.Parse("[::ffff:10.0.0.1]:1")));

    [Fact]
    public void The_default_is_no_address() => Assert.True(default(MemberAddress).IsDefault);
}
