using System.IO.Compression;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Looks at the beginning of a text file whose encoding nobody said, so that names are not spoilt row by row.</summary>
internal static class CsvEncoding
{
    private const int Looked = 1024 * 1024;

    /// <exception cref="BadInputException">The file is not UTF-8 and no encoding was given.</exception>
    public static void Check(string path, bool isPacked, string name, FileFormat format)
    {
        if (format.Encoding is not null) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        var head = new byte[Looked];
        var length = content.ReadAtLeast(head, Looked, throwOnEndOfStream: false);
        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) return; // UTF-16 says so itself
        // A character may be cut where the look ends.
        for (var cut = 0; cut < 4 && cut <= length; cut++)
        {
            if (TrackingCall.IsText(head.AsSpan(0, length - cut))) return;
            if (length < Looked) break;
        }
        throw new BadInputException($"The file '{name}' is not UTF-8. Say its encoding in the mapping, for example: format: {{ encoding: latin1 }}");
    }
}
