using System.Buffers.Binary;
using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>Writes one datagram front to back, facts last, into a buffer of the datagram budget.</summary>
internal ref struct SwimWriter
{
    /// <summary>The most a fact takes: two names with their lengths, key, address.</summary>
    public const int FactBytesMax = 1 + MemberId.LengthMax + 8 + 4 + 1 + MemberAddress.WireBytes + 1 + MemberId.LengthMax;

    /// <summary>The most that stands in front of the facts.</summary>
    public const int PrefixBytesMax = SwimHeader.Bytes + 8 + 8 + 1 + MemberId.LengthMax + MemberAddress.WireBytes + 4 + 1 + MemberId.LengthMax + 8 + MemberAddress.WireBytes + 1;

    private readonly Span<byte> _buffer;
    private int _length;
    private int _factCountAt;
    private int _facts;

    public SwimWriter(Span<byte> buffer)
    {
        _buffer = buffer;
        _length = SwimHeader.Bytes;
        _factCountAt = 0;
        _facts = 0;
    }

    public readonly int Facts => _facts;

    public void WriteSender(ulong cluster, Member self)
    {
        WriteUInt64(cluster);
        WriteUInt64(self.Generation.Value);
        WriteName(self.Id);
        WriteAddress(self.Address);
    }

    public void WriteSubject(uint sequence, MemberId target, Generation generation, MemberAddress address)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_length..], sequence);
        _length += 4;
        WriteName(target);
        WriteUInt64(generation.Value);
        WriteAddress(address);
        _factCountAt = _length++;
        _buffer[_factCountAt] = 0;
    }

    /// <summary>Appends a fact, if it still fits.</summary>
    public bool TryWriteFact(MemberId id, FactKey key, MemberAddress address, MemberId accuser)
    {
        var bytes = 1 + id.ToString().Length + 8 + 4 + 1 + MemberAddress.WireBytes + 1 + accuser.ToString().Length;
        if (_length + bytes > _buffer.Length || _facts == byte.MaxValue)
        {
            return false;
        }

        WriteName(id);
        WriteUInt64(key.Generation.Value);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_length..], key.Incarnation.Value);
        _buffer[_length + 4] = (byte)key.Rank;
        _length += 5;
        WriteAddress(address);
        WriteName(accuser);
        _buffer[_factCountAt] = (byte)++_facts;
        return true;
    }

    /// <summary>Puts the header in front.</summary>
    /// <returns>The length of the datagram.</returns>
    public readonly int Finish(MessageKind kind, ulong senderId, uint heartbeat, uint incarnation, HeaderBits flags)
    {
        new SwimHeader(kind, (ushort)(_length - SwimHeader.Bytes), senderId, heartbeat, incarnation, flags).Write(_buffer);
        return _length;
    }

    private void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_length..], value);
        _length += 8;
    }

    private void WriteAddress(MemberAddress address)
    {
        address.Write(_buffer[_length..]);
        _length += MemberAddress.WireBytes;
    }

    private void WriteName(MemberId id)
    {
        var bytes = Encoding.ASCII.GetBytes(id.ToString(), _buffer[(_length + 1)..]);
        _buffer[_length] = (byte)bytes;
        _length += 1 + bytes;
    }
}
