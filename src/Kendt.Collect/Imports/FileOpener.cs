using System.IO.Compression;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>A file opened as what its first bytes say it is, whatever its name.</summary>
internal sealed class FileOpener : IDisposable
{
    private enum Form { Text, Json, Parquet, JsonArray }

    private readonly string _path;
    private readonly string _name;
    private readonly bool _isPacked;
    private readonly Form _form;
    private readonly FileStream _file;

    private FileOpener(string path, string name)
    {
        (_path, _name) = (path, name);
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.SequentialScan);
        var head = Head(_file, 4);
        _isPacked = head is [0x1F, 0x8B, ..];
        if (_isPacked)
        {
            using var peek = new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true);
            head = Head(peek, 4096);
        }
        else
        {
            head = Head(_file, 4096);
        }
        _file.Position = 0;
        var text = head.AsSpan(head is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0).TrimStart(" \t\r\n"u8);
        _form = head.AsSpan().StartsWith("PAR1"u8) ? Form.Parquet : text is [(byte)'{', ..] ? Form.Json : text is [(byte)'[', ..] ? Form.JsonArray : Form.Text;
    }

    /// <exception cref="BadInputException">The file is not there, may not be read, or is damaged at its beginning.</exception>
    public static FileOpener Open(string path, string name)
    {
        try
        {
            return new(path, name);
        }
        catch (InvalidDataException fault)
        {
            throw new BadInputException($"The file '{name}' is not the gzip that it begins as ({fault.Message}).", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The file '{name}' cannot be read ({fault.Message}).", fault);
        }
    }

    public double Fraction() => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <exception cref="BadInputException">The file is no JSON lines.</exception>
    public void MustBeMessages()
    {
        if (_form == Form.JsonArray) throw NoArray();
        if (_form != Form.Json)
            throw new BadInputException($"The file '{_name}' has no messages of the tracking API (one JSON object a line). If it has rows, give a mapping file that says what its columns mean.");
    }

    /// <summary>The lines of tracking messages.</summary>
    public LineReader Lines()
    {
        MustBeMessages();
        return new(Content());
    }

    /// <summary>The rows, with every column that the mapping names.</summary>
    /// <exception cref="BadInputException">Columns are missing, or the file is none of the forms that are read.</exception>
    public RowFile Rows(Mapping mapping)
    {
        if (_form == Form.JsonArray) throw NoArray();
        if (_form == Form.Parquet && _isPacked) throw new BadInputException($"The file '{_name}' is Parquet packed with gzip. Unpack it first: Parquet is packed within.");
        if (_form == Form.Text) CsvEncoding.Check(_path, _isPacked, _name, mapping.Format);
        RowFile rows = _form switch
        {
            Form.Json => new JsonLinesFile(Content()),
            Form.Parquet => new ParquetFile(_path, _name),
            _ => new CsvFile(Content(), mapping.Format),
        };
        if (rows.Header is { } header && mapping.Named.Where(name => header.IndexOf(name) < 0).ToList() is { Count: > 0 } missing)
        {
            rows.Dispose();
            throw new BadInputException($"The file '{_name}' lacks {(missing.Count == 1 ? "the column" : "the columns")} {Quoted(missing)} that the mapping names. It has {Quoted(header.Names)}.");
        }
        return rows;
    }

    public void Dispose() => _file.Dispose();

    private Stream Content()
    {
        _file.Position = 0;
        return _isPacked ? new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true) : new Unclosed(_file);
    }

    private BadInputException NoArray() => new($"The file '{_name}' is one JSON array. Write one object a line instead (jq -c '.[]' does it).");

    private static string Quoted(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(40).Select(n => $"'{n}'")) + (names.Count > 40 ? $" and {names.Count - 40:N0} more" : "");

    private static byte[] Head(Stream stream, int most)
    {
        var head = new byte[most];
        var length = stream.ReadAtLeast(head, most, throwOnEndOfStream: false);
        if (stream.CanSeek) stream.Position = 0;
        return head[..length];
    }

    // Rows are closed before the file that they come from is.
    private sealed class Unclosed(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override int Read(Span<byte> buffer) => inner.Read(buffer);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
