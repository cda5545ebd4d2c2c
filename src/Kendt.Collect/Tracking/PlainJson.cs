using System.IO.Hashing;
using System.Text.Json;

namespace Kendt.Collect;

/// <summary>JSON that need not be written anew by <see cref="JsonWords.Write"/>, for it would come out the same: the quick way for nearly all messages.</summary>
internal static class PlainJson
{
    private const int MostNames = 128, MostDepth = TrackingCall.MaxDepth + 1;

    // A number this short without an exponent is within the range of a double.
    private const int ShortNumber = 300;

    /// <summary>
    /// True only if there are no escapes, no spaces between the words, no numbers that may be beyond a double, and no two
    /// members with one name in an object.
    /// </summary>
    /// <param name="json">One JSON value that is known to be valid.</param>
    public static bool Is(ReadOnlySpan<byte> json)
    {
        if (json.Contains((byte)'\\')) return false;
        // The names of the open objects, the innermost last; equal digests are taken for equal names.
        Span<ulong> names = stackalloc ulong[MostNames];
        Span<int> begins = stackalloc int[MostDepth];
        var (named, open, end) = (0, 0, 0L);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
        while (reader.Read())
        {
            // Between two words at most the comma or the colon.
            if (reader.TokenStartIndex - end > 1 || (reader.TokenStartIndex - end == 1 && json[(int)end] <= (byte)' ')) return false;
            end = reader.BytesConsumed;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    begins[open++] = named;
                    break;
                case JsonTokenType.EndObject:
                    named = begins[--open];
                    break;
                case JsonTokenType.PropertyName:
                    end = reader.TokenStartIndex + reader.ValueSpan.Length + 2;
                    var digest = XxHash3.HashToUInt64(reader.ValueSpan);
                    if (named == MostNames || names[begins[open - 1]..named].Contains(digest)) return false;
                    names[named++] = digest;
                    break;
                case JsonTokenType.Number when reader.ValueSpan.Length > ShortNumber || reader.ValueSpan.ContainsAny((byte)'e', (byte)'E'):
                    return false;
            }
        }
        return end == json.Length;
    }
}
