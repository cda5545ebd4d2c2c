using Kendt.Model;

namespace Kendt.Collect;

/// <summary>Looks at files before they are imported. Nothing is kept of what is seen.</summary>
public static class Previews
{
    private const long MostRows = 500_000, MostCells = 40_000_000, MostBytes = 4L << 30;
    private const int SampleRows = 20, MostSampleText = 200, HeaderRows = 30, Remembered = 4_000_000, MostColumns = 20_000;

    /// <summary>Looks at a file.</summary>
    /// <param name="source">The source that it is to be of.</param>
    /// <param name="given">How it is written where a person says so; null: it is found out.</param>
    /// <exception cref="BadInputException">The file cannot be read at all; the message says why.</exception>
    public static FilePreview Look(string path, string name, string source, FileFormat? given, CancellationToken cancel)
    {
        using var opened = FileOpener.Open(path, name);
        opened.MustBeReadable();
        var remarks = new List<Remark>();
        var format = given;
        try
        {
            format ??= FormatOf(opened, path, name, remarks);
            if (opened.Form == FileForm.Excel && ExcelFile.Sheets(path, name) is { Count: > 1 } sheets)
                remarks.Add(new(RemarkKind.OtherSheets, format.Sheet ?? sheets[0], string.Join(", ", sheets.Where(s => s != (format.Sheet ?? sheets[0])))));
        }
        catch (InvalidDataException fault)
        {
            throw new BadInputException($"The file '{name}' is damaged ({fault.Message}).", fault);
        }
        var columns = new List<ColumnLook>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var sample = new List<Dictionary<int, string>>();
        long rows = 0, bad = 0, cells = 0;
        string firstFault = "";
        var room = Remembered;
        var isWhole = true;
        try
        {
            using var file = opened.Rows(format);
            RowShape? shape = null;
            int[] at = [];
            if (file.Header is { } header) at = Places(shape = header, columns, places);
            while (file.Read())
            {
                cancel.ThrowIfCancellationRequested();
                rows++;
                if (file.Fault is { } fault)
                {
                    if (bad++ == 0) firstFault = fault;
                    continue;
                }
                if (shape != file.Shape) at = Places(shape = file.Shape, columns, places);
                for (var i = 0; i < at.Length; i++) if (at[i] >= 0) columns[at[i]].Add(file[i], ref room);
                cells += at.Length;
                if (sample.Count < SampleRows) sample.Add(Sampled(file, at));
                if (rows < MostRows && cells < MostCells) continue;
                isWhole = !file.Read();
                break;
            }
        }
        catch (InvalidDataException fault)
        {
            (bad, firstFault) = (bad + 1, bad == 0 ? $"the file is damaged: {fault.Message}" : firstFault);
        }
        if (!isWhole) remarks.Add(new(RemarkKind.NotWhole, FilePreview.Count(rows), ""));
        if (bad > 0) remarks.Add(new(RemarkKind.BadRows, FilePreview.Count(bad), firstFault));
        if (format.Header == 0) remarks.Add(new(RemarkKind.NoHeader, "", ""));
        if (opened.Form == FileForm.Json && IsMessages(columns)) remarks.Add(new(RemarkKind.Messages, "", ""));
        var findings = new Findings(columns, rows - bad, format, isGiven: given is not null);
        return new()
        {
            File = name,
            Form = opened.Form,
            IsPacked = opened.IsPacked,
            Rows = rows,
            Columns = findings.Columns,
            Sample = [.. sample.Select(row => (IReadOnlyList<string>)[.. columns.Select((_, i) => row.GetValueOrDefault(i, ""))])],
            Choice = findings.Choose(source),
            Remarks = [.. remarks, .. findings.Remarks],
        };
    }

    /// <summary>Whether a file has the columns that a mapping names.</summary>
    public static bool Fits(string path, string name, Mapping mapping)
    {
        using var opened = FileOpener.Open(path, name);
        return opened.Fits(mapping);
    }

    private static FileFormat FormatOf(FileOpener opened, string path, string name, List<Remark> remarks)
    {
        if (opened.Form == FileForm.Excel) return new() { Header = HeaderLook.Find(ExcelFile.Grid(path, name, new(), HeaderRows)) };
        if (opened.Form != FileForm.Text) return new();
        EncodingLook encoding;
        using (var bytes = opened.Content()) encoding = EncodingLook.Of(bytes, MostBytes);
        using var text = new StreamReader(opened.Content(), Encodings.Find(encoding.Name)!, detectEncodingFromByteOrderMarks: true);
        var buffer = new char[128 * 1024];
        string head = new(buffer, 0, text.ReadBlock(buffer));
        if (encoding.IsMixed) remarks.Add(new(RemarkKind.MixedEncoding, "", encoding.Name));
        var delimiter = CsvLook.Delimiter(head, '"');
        var quote = CsvLook.Quote(head.Split('\n').Take(HeaderRows), delimiter);
        if (quote != '"') delimiter = CsvLook.Delimiter(head, quote);
        return new() { Delimiter = delimiter, Encoding = encoding.Name, Quote = quote, Header = HeaderLook.Find(CsvLook.Grid(head, delimiter, quote, HeaderRows)) };
    }

    private static int[] Places(RowShape shape, List<ColumnLook> columns, Dictionary<string, int> places)
    {
        var at = new int[shape.Names.Count];
        for (var i = 0; i < at.Length; i++)
        {
            if (!places.TryGetValue(shape.Names[i], out at[i]))
            {
                if (columns.Count >= MostColumns)
                {
                    at[i] = -1;
                    continue;
                }
                places[shape.Names[i]] = at[i] = columns.Count;
                columns.Add(new(shape.Names[i]));
            }
        }
        return at;
    }

    private static Dictionary<int, string> Sampled(RowFile file, int[] at)
    {
        var row = new Dictionary<int, string>(at.Length);
        for (var i = 0; i < at.Length; i++)
        {
            var text = Cells.Plain(file[i]);
            if (at[i] >= 0) row[at[i]] = text.Length > MostSampleText ? string.Concat(text[..MostSampleText], "…") : text.ToString();
        }
        return row;
    }

    private static bool IsMessages(List<ColumnLook> columns) =>
        columns.Find(c => c.Name == "type") is { } type && type.Words.Count > 0 && type.Words.Keys.All(w => Enum.TryParse<MessageType>(w, ignoreCase: true, out _))
        && columns.Any(c => c.Name is "userId" or "anonymousId" or "event" or "messageId");
}
