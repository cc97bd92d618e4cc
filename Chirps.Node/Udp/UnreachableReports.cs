using System.Net.Sockets;
using System.Runtime.InteropServices;
using Chirps.Engine.Membership;

namespace Chirps.Node.Udp;

/// <summary>What the network reports about packets that could not be delivered (ICMP), on Linux; elsewhere nothing. Any thread.</summary>
internal static partial class UnreachableReports
{
    // <linux/in.h>, <linux/in6.h>, <linux/socket.h>
    private const int LevelIp = 0;
    private const int LevelIpv6 = 41;
    private const int IpReceiveErrors = 11;
    private const int Ipv6ReceiveErrors = 25;
    private const int MessageErrorQueue = 0x2000;
    private const int MessageDontWait = 0x40;
    private const int NameBytes = 28;

    /// <summary>Asks the kernel to keep reports with the address they are about.</summary>
    public static void Enable(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        TryEnable(socket, LevelIp, IpReceiveErrors);
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            TryEnable(socket, LevelIpv6, Ipv6ReceiveErrors);
        }
    }

    /// <summary>Takes the next report.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool TryTake(Socket socket, bool isIpv6, out MemberAddress address)
    {
        address = default;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> payload = stackalloc byte[1];
        Span<byte> name = stackalloc byte[NameBytes];
        name.Clear();
        var length = (uint)name.Length;
        try
        {
            if (ReceiveFrom(socket.SafeHandle, ref MemoryMarshal.GetReference(payload), (nuint)payload.Length, MessageErrorQueue | MessageDontWait, ref MemoryMarshal.GetReference(name), ref length) < 0)
            {
                return false;
            }
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        address = SocketNames.Read(name, isIpv6);
        return true;
    }

    private static void TryEnable(Socket socket, int level, int option)
    {
        try
        {
            socket.SetRawSocketOption(level, option, BitConverter.GetBytes(1));
        }
        catch (SocketException)
        {
            // Only a help: probes find out by themselves.
        }
    }

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeSocketHandle socket, ref byte buffer, nuint length, int flags, ref byte name, ref uint nameLength);
}
