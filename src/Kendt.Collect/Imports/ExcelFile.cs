using System.Globalization;
using System.IO.Compression;
using System.Xml;
using ExcelDataReader;
using ExcelDataReader.Exceptions;
using Kendt.Model;

namespace Kendt.Collect;

/// <summary>
/// One sheet of an Excel file (.xlsx, .xlsb), a row held at a time. A formula is the value that it had when the file was
/// saved. Values become the text that a person would write: days and times as ISO 8601, numbers with the file's decimal mark.
/// </summary>
internal sealed class ExcelFile : RowFile
{
    private const long MostUnpacked = 1L << 30, MostWords = 256L << 20;

    private readonly FileStream _file;
    private readonly IExcelDataReader _reader;
    private readonly NumberFormatInfo _numbers;
    private string[] _cells;
    private bool _isFirst;

    // The library asks for code pages even where it reads none.
    static ExcelFile() => System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);

    public ExcelFile(string path, string name, FileFormat format)
    {
        _numbers = new() { NumberDecimalSeparator = format.Decimal.ToString(), NumberGroupSeparator = "" };
        CheckSize(path, name);
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            _reader = Guarded(() => ExcelReaderFactory.CreateOpenXmlReader(_file));
            Choose(format.Sheet, name);
            Header = new(RowShape.Distinct(Names(format.Header, name)));
            _cells = new string[Header.Names.Count];
            if (_isFirst) Take();
        }
        catch
        {
            _reader?.Dispose();
            _file.Dispose();
            throw;
        }
    }

    public override RowShape Header { get; }

    public override RowShape Shape => Header;

    public override string Raw => string.Join(", ", Header.Names.Select((name, i) => $"{name}: {_cells[i]}"));

    public override ReadOnlySpan<char> this[int column] => _cells[column];

    /// <summary>Whether a zip is a workbook.</summary>
    public static bool Is(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            return zip.GetEntry("xl/workbook.xml") is not null || zip.GetEntry("xl/workbook.bin") is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The names of the sheets.</summary>
    public static IReadOnlyList<string> Sheets(string path, string name)
    {
        CheckSize(path, name);
        using var file = File.OpenRead(path);
        using var reader = Guarded(() => ExcelReaderFactory.CreateOpenXmlReader(file));
        var names = new List<string>();
        do names.Add(reader.Name);
        while (reader.NextResult());
        return names;
    }

    /// <summary>The first rows of the sheet as fields.</summary>
    public static List<List<string>> Grid(string path, string name, FileFormat format, int most)
    {
        using var file = new ExcelFile(path, name, format with { Header = 0 });
        var grid = new List<List<string>>();
        // Rows without a cell count as lines too.
        while (grid.Count < most && file.ReadAny()) grid.Add([.. file._cells]);
        return grid;
    }

    public override bool Read()
    {
        while (ReadAny())
        {
            if (_cells.All(c => c.Length == 0)) continue; // rows below the last are often there, with borders and nothing else
            Number++;
            return true;
        }
        return false;
    }

    public override void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
    }

    private bool ReadAny()
    {
        if (_isFirst)
        {
            _isFirst = false;
            return true;
        }
        if (!Guarded(_reader.Read)) return false;
        Take();
        return true;
    }

    private void Take()
    {
        for (var i = 0; i < _cells.Length; i++) _cells[i] = i < _reader.FieldCount ? TextOf(_reader.GetValue(i)) : "";
    }

    private void Choose(string? sheet, string name)
    {
        var names = new List<string>();
        do
        {
            names.Add(_reader.Name);
            if (sheet is null ? _reader.RowCount > 0 : string.Equals(sheet, _reader.Name, StringComparison.OrdinalIgnoreCase)) return;
        }
        while (Guarded(_reader.NextResult));
        throw new BadInputException(sheet is null ? $"The file '{name}' has no sheet with rows." : $"The file '{name}' has no sheet '{sheet}'. It has {string.Join(", ", names.Select(n => $"'{n}'"))}.");
    }

    private List<string> Names(int header, string name)
    {
        for (var row = 0; row < Math.Max(1, header); row++)
        {
            if (!Guarded(_reader.Read)) throw new BadInputException(header > 1 ? $"The sheet has no row {header}, which should name the columns." : $"The file '{name}' has an empty sheet: its first row names the columns.");
        }
        _isFirst = header == 0;
        var names = Enumerable.Range(0, _reader.FieldCount).Select(i => _isFirst ? "" : TextOf(_reader.GetValue(i))).ToList();
        while (!_isFirst && names.Count > 1 && names[^1].Trim().Length == 0) names.RemoveAt(names.Count - 1);
        return names;
    }

    private string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        double number => Math.Abs(number) < 1e15 && Math.Abs(number) > 1e-9 || number == 0 ? ((decimal)number).ToString(_numbers) : number.ToString("R", _numbers),
        bool truth => truth ? "true" : "false",
        DateTime time when time.TimeOfDay == TimeSpan.Zero => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    // What the workbook is made of is unpacked once and counted: sizes that a zip says of itself may lie.
    private static void CheckSize(string path, string name)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            long total = 0;
            var buffer = new byte[128 * 1024];
            foreach (var entry in zip.Entries.Where(e => e.FullName.StartsWith("xl/", StringComparison.OrdinalIgnoreCase) && !e.FullName.StartsWith("xl/media/", StringComparison.OrdinalIgnoreCase)))
            {
                using var content = entry.Open();
                long size = 0;
                for (int read; (read = content.Read(buffer)) > 0;)
                {
                    (size, total) = (size + read, total + read);
                    if (total > MostUnpacked || total > Bounded.Most(entry.CompressedLength) || (size > MostWords && entry.Name.StartsWith("sharedStrings", StringComparison.OrdinalIgnoreCase)))
                        throw new BadInputException($"The workbook '{name}' unpacks to more than can be read. Save the sheet as CSV.");
                }
            }
        }
        catch (InvalidDataException fault)
        {
            throw new BadInputException($"The file '{name}' is not the workbook that it begins as: it is damaged or cut short.", fault);
        }
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is ExcelReaderException or XmlException or FormatException or OverflowException or IndexOutOfRangeException or ArgumentException or NullReferenceException or InvalidOperationException or KeyNotFoundException or EndOfStreamException)
        {
            throw new InvalidDataException($"the sheet cannot be read: {fault.Message}", fault);
        }
    }
}
