using System.Text;
using CsCheck;
using Kendt.Collect;

namespace Kendt.Tests.Collect;

public sealed class CsvFileTests
{
    private static readonly Gen<string> Field = Gen.OneOf(Gen.Char["ab;,\"\n\r\tøÅ|' 😀"].Array[0, 12].Select(c => new string(c)), Gen.Char["x\"\n"].Array[0, 3000].Select(c => new string(c)));

    private static readonly string[] Ends = ["\n", "\r\n", "\r"];

    [Fact]
    public void What_is_written_by_the_rules_is_read_back() =>
        Gen.Select(Gen.Int[1, 6].SelectMany(columns => Field.Array[columns].Array[1, 40]), Gen.Char[",;\t|"], Gen.Int[0, 2].Select(i => Ends[i]), Gen.Bool).Sample((rows, delimiter, end, endsLast) =>
        {
            var header = string.Join(delimiter, Enumerable.Range(0, rows[0].Length).Select(n => "c" + n));
            var text = header + end + string.Join(end, rows.Select(row => string.Join(delimiter, row.Select(f => $"\"{Clean(f).Replace("\"", "\"\"")}\"")))) + (endsLast ? end : "");
            using var file = Open(text, new() { Delimiter = delimiter });
            foreach (var row in rows)
            {
                Assert.True(file.Read());
                Assert.Null(file.Fault);
                Assert.Equal(row.Select(Clean), Enumerable.Range(0, row.Length).Select(i => file[i].ToString()));
            }
            Assert.False(file.Read());
        }, seed: "0N0XIzNsQ0O2", iter: 300);

    [Fact]
    public void Any_text_is_read_to_its_end_and_every_line_is_in_a_row() =>
        Gen.Char["ab,\"\n\r"].Array[1, 200].Sample(letters =>
        {
            using var file = Open("a,b\n" + new string(letters), new());
            var read = new StringBuilder();
            while (file.Read())
            {
                if (file.Fault is not null) read.Append(file.Raw);
                else for (var i = 0; i < 2; i++) read.Append(file[i]);
            }
            Assert.Equal(letters.Count(c => c is 'a' or 'b'), read.ToString().Count(c => c is 'a' or 'b'));
        }, seed: "0N0XIzNsQ0O2", iter: 20_000);

    [Theory]
    [InlineData("a;b;c\n1;2;3\n", 3)]
    [InlineData("a\tb\n1\t2\n", 2)]
    [InlineData("\"a;b\",c\n1,2\n", 2)]
    [InlineData("a|b|c,d\n1|2|3\n", 3)]
    [InlineData("only\n1\n", 1)]
    public void The_delimiter_is_found(string text, int columns)
    {
        using var file = Open(text, new());
        Assert.Equal(columns, file.Header.Names.Count);
        Assert.True(file.Read());
        Assert.Null(file.Fault);
    }

    [Fact]
    public void Columns_of_one_name_and_of_none_are_told_apart()
    {
        using var file = Open("a,a,,a\n1,2,3,4\n", new());
        Assert.Equal(["a", "a (2)", "column 3", "a (3)"], file.Header.Names);
    }

    [Theory]
    [InlineData("1.234,50", ',', 1234.50)]
    [InlineData("-0,5", ',', -0.5)]
    [InlineData("12.50", ',', null)]
    [InlineData("1.2.3", ',', null)]
    [InlineData("1,234,567.8", '.', 1234567.8)]
    [InlineData("12,50", '.', null)]
    [InlineData("1234", '.', 1234.0)]
    [InlineData("1e3", '.', 1000.0)]
    [InlineData("kr 5", '.', null)]
    [InlineData(",5", '.', null)]
    public void Numbers_are_read_or_refused_and_never_guessed(string text, char mark, double? expected)
    {
        var ok = new Cells(new() { Decimal = mark }).TryNumber(text, out var number);
        Assert.Equal(expected, ok ? (double)number : null);
    }

    [Theory]
    [InlineData("29-03-2026 02:30", "2026-03-29T01:30:00Z")] // the hour that is skipped
    [InlineData("25-10-2026 02:30", "2026-10-25T01:30:00Z")] // the hour that comes twice
    [InlineData("01-07-2026", "2026-06-30T22:00:00Z")]
    [InlineData("2026-07-01T10:00:00", "2026-07-01T08:00:00Z")]
    [InlineData("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z")]
    [InlineData("07/01/2026", null)]
    public void Wall_clocks_are_of_the_files_zone(string text, string? expected)
    {
        var cells = new Cells(new() { Dates = ["dd-MM-yyyy"], Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Copenhagen") });
        Assert.Equal(expected, cells.TryTime(text, out var time) ? Cells.Iso(time) : null);
    }

    private static CsvFile Open(string text, FileFormat format) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)), format);

    // Half an emoji is no text.
    private static string Clean(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
}
