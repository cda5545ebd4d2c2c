using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kendt.Model;

/// <summary>The permanent id of one customer, a person or an account. A merged id resolves for ever to its survivor.</summary>
public readonly record struct ProfileId(Guid Value) : IComparable<ProfileId>
{
    /// <summary>
    /// The id that a profile gets when <paramref name="first"/> is seen for the first time at <paramref name="seen"/>:
    /// a version-7 UUID (RFC 9562) whose random bits are a digest of the identifier, so that a rebuild from the same
    /// messages and records gives the same id.
    /// </summary>
    public static ProfileId For(Identifier first, DateTimeOffset seen)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(first.ToString()), digest);
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, seen.ToUnixTimeMilliseconds() << 16);
        digest[..10].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(new Guid(id, bigEndian: true));
    }

    /// <summary>Older ids come first (version-7 UUIDs begin with their time).</summary>
    public int CompareTo(ProfileId other)
    {
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        Value.TryWriteBytes(left, bigEndian: true, out _);
        other.Value.TryWriteBytes(right, bigEndian: true, out _);
        return left.SequenceCompareTo(right);
    }

    public static bool operator <(ProfileId left, ProfileId right) => left.CompareTo(right) < 0;
    public static bool operator >(ProfileId left, ProfileId right) => left.CompareTo(right) > 0;
    public static bool operator <=(ProfileId left, ProfileId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ProfileId left, ProfileId right) => left.CompareTo(right) >= 0;

    public static bool TryParse(string? text, out ProfileId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D", CultureInfo.InvariantCulture);
}

/// <summary>One run of a job.</summary>
public readonly record struct JobId(Guid Value)
{
    public static JobId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));

    public static bool TryParse(string? text, out JobId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D", CultureInfo.InvariantCulture);
}

/// <summary>One attempt to bring a segment's members to a destination.</summary>
public readonly record struct DeliveryId(Guid Value)
{
    public static DeliveryId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));

    public static bool TryParse(string? text, out DeliveryId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D", CultureInfo.InvariantCulture);
}

/// <summary>One import of a file.</summary>
public readonly record struct ImportId(Guid Value)
{
    public static ImportId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));

    public static bool TryParse(string? text, out ImportId id)
    {
        var ok = Guid.TryParseExact(text, "D", out var value);
        id = new(value);
        return ok;
    }

    public override string ToString() => Value.ToString("D", CultureInfo.InvariantCulture);
}
