using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Kendt.Tests.Collect;

/// <summary>Writes small Excel files: texts, numbers, days, truths, formulas with the value they had.</summary>
internal static class Workbook
{
    /// <summary>A day by its number; 46023 is 1 January 2026.</summary>
    public sealed record DayCell(double Number);

    public sealed record FormulaCell(string Text, double Value);

    public static DayCell Day(double number) => new(number);

    public static FormulaCell Formula(string text, double value) => new(text, value);

    public static byte[] Of(params (string Name, object?[][] Rows)[] sheets)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>");
            Write(zip, "_rels/.rels", Relations([("rId1", "officeDocument", "xl/workbook.xml")]));
            Write(zip, "xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>" + string.Concat(sheets.Select((s, i) => $"<sheet name=\"{s.Name}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>")) + "</sheets></workbook>");
            Write(zip, "xl/_rels/workbook.xml.rels", Relations([.. sheets.Select((_, i) => ($"rId{i + 1}", "worksheet", $"worksheets/sheet{i + 1}.xml")), ("rId99", "styles", "styles.xml")]));
            Write(zip, "xl/styles.xml", "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>");
            for (var i = 0; i < sheets.Length; i++) Write(zip, $"xl/worksheets/sheet{i + 1}.xml", Sheet(sheets[i].Rows));
        }
        return bytes.ToArray();
    }

    private static string Sheet(object?[][] rows)
    {
        var xml = new StringBuilder("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
        for (var r = 0; r < rows.Length; r++)
        {
            if (rows[r].Length == 0) continue;
            xml.Append(CultureInfo.InvariantCulture, $"<row r=\"{r + 1}\">");
            for (var c = 0; c < rows[r].Length; c++) xml.Append(Cell($"{(char)('A' + c)}{r + 1}", rows[r][c]));
            xml.Append("</row>");
        }
        return xml.Append("</sheetData></worksheet>").ToString();
    }

    private static string Cell(string at, object? value) => value switch
    {
        null => "",
        string text => $"<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{SecurityElement.Escape(text)}</t></is></c>",
        bool truth => $"<c r=\"{at}\" t=\"b\"><v>{(truth ? 1 : 0)}</v></c>",
        DayCell day => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\" s=\"1\"><v>{day.Number}</v></c>"),
        FormulaCell formula => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\"><f>{formula.Text}</f><v>{formula.Value}</v></c>"),
        var number => string.Create(CultureInfo.InvariantCulture, $"<c r=\"{at}\"><v>{number}</v></c>"),
    };

    private static string Relations((string Id, string Kind, string Target)[] all) =>
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" + string.Concat(all.Select(r => $"<Relationship Id=\"{r.Id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{r.Kind}\" Target=\"{r.Target}\"/>")) + "</Relationships>";

    private static void Write(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }
}
