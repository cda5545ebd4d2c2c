using System.Buffers.Binary;
using System.Numerics;

namespace Kendt.Maths;

/// <summary>
/// 64-bit hashes that are the same on every machine and in every run. Not for secrets: whoever knows the function can make collisions.
/// The mixing is the 64 x 64 to 128 bit multiplication of wyhash (Wang Yi, 2019).
/// </summary>
public static class Hash
{
    private const ulong A = 0xa0761d6478bd642f, B = 0xe7037ed1a0b428db;

    /// <summary>The hash of some bytes; never 0, so that 0 can mean "nothing".</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = A ^ (ulong)bytes.Length;
        while (bytes.Length > 16)
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ B, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ hash);
            bytes = bytes[16..];
        }
        ulong low = 0, high = 0;
        if (bytes.Length >= 8)
        {
            low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]);
        }
        else if (bytes.Length >= 4)
        {
            low = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]);
        }
        else if (bytes.Length > 0)
        {
            low = ((ulong)bytes[0] << 16) | ((ulong)bytes[bytes.Length >> 1] << 8) | bytes[^1];
        }
        hash = Mix(B ^ hash, Mix(low ^ B, high ^ hash));
        return hash == 0 ? A : hash;
    }

    /// <summary>Two numbers made one; the order matters.</summary>
    public static ulong Mix(ulong left, ulong right)
    {
        var high = Math.BigMul(left ^ A, right ^ B, out var low);
        return high ^ low ^ BitOperations.RotateLeft(left, 23);
    }
}
