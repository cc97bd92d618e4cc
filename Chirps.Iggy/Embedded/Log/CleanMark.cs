using System.Buffers.Binary;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>Written at a clean stop: how far the log reached. Damage at its very end is then no torn tail.</summary>
internal static class CleanMark
{
    private const string Name = "end.mark";
    private const string NewName = "end.mark.new";
    private const ulong Salt = 0x6B72616D5F646E65;
    private const int Bytes = 16;

    /// <summary>The offset before which all was on stable storage at the last clean stop; 0 when that is not known.</summary>
    public static ulong Read(ILogDirectory directory)
    {
        if (!directory.Files().Contains(Name))
        {
            return 0;
        }

        using var file = directory.Open(Name);
        Span<byte> bytes = stackalloc byte[Bytes];
        return file.Read(bytes, 0) == Bytes && BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == (XxHash3.Of(bytes[..8]) ^ Salt)
            ? BinaryPrimitives.ReadUInt64LittleEndian(bytes)
            : 0;
    }

    public static void Write(ILogDirectory directory, ulong nextOffset)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, nextOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], XxHash3.Of(bytes[..8]) ^ Salt);
        directory.Delete(NewName);
        using (var file = directory.Create(NewName))
        {
            file.Write(bytes, 0);
            file.Sync();
        }

        directory.Rename(NewName, Name);
        directory.Sync();
    }

    public static void Delete(ILogDirectory directory) => directory.Delete(Name);
}
