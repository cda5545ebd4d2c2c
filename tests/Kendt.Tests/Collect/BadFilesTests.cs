using System.Text;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;

namespace Kendt.Tests.Collect;

/// <summary>Files as nobody should send them: everything ends, and every row is taken or is a dead letter with its reason.</summary>
public sealed class BadFilesTests
{
    private const string Anything = """
        source: bad
        rows: records
        columns: {}
        """;

    // Pieces of files gone wrong: marks, quotes, NUL, halves of letters, byte order marks, line ends of all kinds.
    private static readonly byte[][] Pieces =
    [
        "a"u8.ToArray(), "1"u8.ToArray(), ","u8.ToArray(), ";"u8.ToArray(), "\""u8.ToArray(), "\"\""u8.ToArray(), "'"u8.ToArray(), "\n"u8.ToArray(), "\r"u8.ToArray(), "\r\n"u8.ToArray(),
        "\t"u8.ToArray(), "|"u8.ToArray(), [0], [0xFF], [0xC3], [0xE6], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], "æ"u8.ToArray(), "😀"u8.ToArray(), " "u8.ToArray(), "12,5"u8.ToArray(), "01/02/2026"u8.ToArray(), "x@y.dk"u8.ToArray(),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Whatever_the_bytes_a_look_ends_and_counts_every_row()
    {
        var path = Path.GetTempFileName();
        try
        {
            Gen.Int[0, Pieces.Length - 1].Array[1, 120].Sample(pieces =>
            {
                File.WriteAllBytes(path, [.. pieces.SelectMany(p => Pieces[p])]);
                FilePreview seen;
                try
                {
                    seen = Previews.Look(path, "bad.csv", "bad", null, CancellationToken.None);
                }
                catch (BadInputException fault)
                {
                    Assert.NotEmpty(fault.Message);
                    return;
                }
                // What is proposed can be read, whatever the columns are called.
                MappingFile.Parse(MappingDraft.Write(seen.Choice with { Rows = RowsAre.Records, Activity = Activity.None, HasLines = false }));
                using var opened = FileOpener.Open(path, "bad.csv");
                using var rows = opened.Rows(seen.Choice.Format);
                long good = 0, bad = 0;
                while (rows.Read())
                {
                    if (rows.Fault is null) good++;
                    else bad++;
                }
                Assert.Equal(seen.Rows, good + bad);
                Assert.Equal(rows.Number, good + bad);
            }, seed: "0N0XIzNsQ0O2", iter: 1_500, threads: 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Every_row_is_taken_or_is_a_dead_letter()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var random = new Random(11);
        for (var n = 0; n < 40; n++)
        {
            var bytes = "id,name\n"u8.ToArray().Concat(Enumerable.Range(0, random.Next(400)).SelectMany(_ => Pieces[random.Next(Pieces.Length)])).ToArray();
            var source = $"bad-{n}";
            ImportProgress done;
            try
            {
                done = await desk.ImportAsync($"{n}.csv", bytes, Anything.Replace("source: bad", $"source: {source}\nformat: {{ delimiter: \",\", encoding: utf-8 }}", StringComparison.Ordinal));
            }
            catch (BadInputException fault)
            {
                Assert.NotEmpty(fault.Message);
                continue;
            }
            using var opened = FileOpener.Open(desk.File("again", bytes), "again");
            using var rows = opened.Rows(new FileFormat { Delimiter = ',', Encoding = "utf-8" });
            while (rows.Read()) { }
            Assert.Equal(rows.Number, done.Taken + done.Known + done.Rejected);
            Assert.Equal(done.Rejected, await desk.Letters.CountAsync(source, null, Cancel));
        }
    }

    [Fact]
    public async Task Lines_of_two_encodings_are_told_apart()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        byte[] bytes = [.. "id;name\n1;Åse\n2;Søren\n3;Bjørk\n"u8, .. Encoding.Latin1.GetBytes("4;Kjær\n"), .. "5;Bo\n"u8];
        var path = desk.File("mixed.csv", bytes);
        var seen = Previews.Look(path, "mixed.csv", "crm", null, Cancel);
        Assert.Equal("utf-8", seen.Choice.Format.Encoding);
        Assert.Contains(seen.Remarks, r => r.Kind == RemarkKind.MixedEncoding);
        var done = await desk.ImportAsync("mixed.csv", bytes, MappingDraft.Write(seen.Choice));
        Assert.Equal((4L, 1L), (done.Taken, done.Rejected));
        Assert.Contains("bytes that are not utf-8", (await desk.Letters.ListAsync("crm", null, 0, 5, Cancel)).Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_columns_are_looked_at()
    {
        var path = Path.GetTempFileName();
        try
        {
            var wide = new StringBuilder(string.Join(';', Enumerable.Range(0, 10_000).Select(n => "c" + n))).Append('\n');
            for (var row = 0; row < 50; row++) wide.Append(string.Join(';', Enumerable.Range(row, 10_000))).Append('\n');
            File.WriteAllText(path, wide.ToString());
            var seen = Previews.Look(path, "wide.csv", "crm", null, Cancel);
            Assert.Equal((10_000, 50L), (seen.Columns.Count, seen.Rows));
            Assert.Equal(10_000, MappingFile.Parse(MappingDraft.Write(seen.Choice)).Columns.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
