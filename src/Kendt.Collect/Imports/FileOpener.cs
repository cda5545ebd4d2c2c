using System.IO.Compression;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What a file is.</summary>
public enum FileForm { Text, Json, Parquet, Excel, JsonArray, Zip, OldExcel }

/// <summary>A file opened as what its first bytes say it is, whatever its name.</summary>
internal sealed class FileOpener : IDisposable
{
    private readonly string _path;
    private readonly string _name;
    private readonly FileStream _file;

    private FileOpener(string path, string name)
    {
        (_path, _name) = (path, name);
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 128 * 1024, FileOptions.SequentialScan);
        try
        {
            var head = Head(_file, 4);
            IsPacked = head is [0x1F, 0x8B, ..];
            if (IsPacked)
            {
                using var peek = new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true);
                head = Head(peek, 4096);
            }
            else
            {
                head = Head(_file, 4096);
            }
            _file.Position = 0;
            Form = FormOf(head);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public FileForm Form { get; }

    /// <summary>It is packed with gzip.</summary>
    public bool IsPacked { get; }

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
        MustBeReadable();
        if (Form != FileForm.Json)
            throw new BadInputException($"The file '{_name}' has no messages of the tracking API (one JSON object a line). If it has rows, say what its columns mean: look at it with --preview, then give a mapping file.");
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
        var rows = Rows(mapping.Format);
        if (Missing(rows, mapping) is { Count: > 0 } missing)
        {
            var header = rows.Header!.Names;
            rows.Dispose();
            throw new BadInputException($"The file '{_name}' lacks {(missing.Count == 1 ? "the column" : "the columns")} {Quoted(missing)} that the mapping names. It has {Quoted(header)}.");
        }
        return rows;
    }

    /// <summary>Whether the file has what the mapping needs.</summary>
    public bool Fits(Mapping mapping)
    {
        try
        {
            using var rows = Rows(mapping.Format);
            return Missing(rows, mapping).Count == 0;
        }
        catch (BadInputException)
        {
            return false;
        }
    }

    /// <summary>The rows as they stand.</summary>
    /// <exception cref="BadInputException">The file is none of the forms that are read, or is damaged at its beginning.</exception>
    public RowFile Rows(FileFormat format)
    {
        MustBeReadable();
        if (Form == FileForm.Text) CsvEncoding.Check(_path, IsPacked, _name, format);
        try
        {
            return Form switch
            {
                FileForm.Json => new JsonLinesFile(Content()),
                FileForm.Parquet => new ParquetFile(_path, _name),
                FileForm.Excel => new ExcelFile(_path, _name, format),
                _ => new CsvFile(Content(), format),
            };
        }
        catch (InvalidDataException fault)
        {
            throw new BadInputException($"The file '{_name}' is damaged at its beginning ({fault.Message}).", fault);
        }
    }

    /// <summary>The bytes from their beginning, unpacked.</summary>
    public Stream Content()
    {
        _file.Position = 0;
        return IsPacked ? new Bounded(new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true), _file.Length) : new Unclosed(_file);
    }

    public void Dispose() => _file.Dispose();

    /// <exception cref="BadInputException">The file is of a form that is not read.</exception>
    public void MustBeReadable()
    {
        if (IsPacked && Form is FileForm.Parquet or FileForm.Excel or FileForm.Zip)
            throw new BadInputException($"The file '{_name}' is {Form} packed with gzip. Unpack it first: {Form} is packed within.");
        if (Form == FileForm.JsonArray) throw new BadInputException($"The file '{_name}' is one JSON array. Write one object a line instead (jq -c '.[]' does it).");
        if (Form == FileForm.OldExcel) throw new BadInputException($"The file '{_name}' is an Excel file of the form before 2007, or is locked with a password. Save it as .xlsx without one.");
        if (Form == FileForm.Zip) throw new BadInputException($"The file '{_name}' is a zip within a zip, or a zip without files of rows. Pack the files themselves.");
    }

    private FileForm FormOf(byte[] head)
    {
        if (head.AsSpan().StartsWith("PAR1"u8)) return FileForm.Parquet;
        if (head is [0x50, 0x4B, 0x03, 0x04, ..] or [0x50, 0x4B, 0x05, 0x06, ..]) return IsPacked || !ExcelFile.Is(_path) ? FileForm.Zip : FileForm.Excel;
        if (head is [0xD0, 0xCF, 0x11, 0xE0, ..]) return FileForm.OldExcel;
        var text = head.AsSpan(head is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0).TrimStart(" \t\r\n"u8);
        return text is [(byte)'{', ..] ? FileForm.Json : text is [(byte)'[', ..] ? FileForm.JsonArray : FileForm.Text;
    }

    private static List<string> Missing(RowFile rows, Mapping mapping) => rows.Header is { } header ? [.. mapping.Named.Where(name => header.IndexOf(name) < 0)] : [];

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
