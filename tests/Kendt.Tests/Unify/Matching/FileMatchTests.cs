using System.Text;
using System.Text.Json;
using CsCheck;
using Kendt.Model;
using Kendt.Unify.Matching;
using Kendt.Unify.Matching.Reading;

namespace Kendt.Tests.Unify.Matching;

/// <summary>From file to file: what is read, what is written, what is refused.</summary>
public sealed class FileMatchTests : IDisposable
{
    private static readonly string[] Values = ["a", "", "æ,ø", "\"q\"", "two\nlines", "semi;colon", "x\r\ny"];

    private readonly string _folder = Directory.CreateTempSubdirectory("kendt-match-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Out => Path.Combine(_folder, "out.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_row_gets_a_profile_and_the_report_says_how()
    {
        var report = Run("\uFEFFrec_id;name;email\r\n\"a;1\";Søren Hansen;s@h.dk\r\nb;S. Hansen;s@h.dk\r\n\r\nc;Anne Lund;anne@lund.dk\r\n", report: Path.Combine(_folder, "how.json"));
        var lines = File.ReadAllLines(Out);
        Assert.Equal(["rec_id,profile_id", "a;1,1"], lines[..2]);
        Assert.Equal(["b", "c"], lines[2..].Select(l => l.Split(',')[0]));
        Assert.Equal(3, report.Records);
        using var written = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "how.json")));
        foreach (var name in new[] { "records", "pairsCompared", "clusters", "threshold", "seconds", "blocking", "comparisons" }) Assert.True(written.RootElement.TryGetProperty(name, out _), name);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("rec_id,name\n", "no rows")]
    [InlineData("rec_id,name\n1,a\n2\n", "Line 3 has 1 field")]
    [InlineData("rec_id,name\n1,a\n2,b,c\n", "Line 3 has 3 fields")]
    [InlineData("rec_id,name\n1,\"a\n", "never closed")]
    [InlineData("rec_id,name\n1,\"a\"b\n", "after a closing quotation mark")]
    [InlineData("rec_id,name,name\n1,a,b\n", "Two columns are named 'name'")]
    [InlineData("rec_id,email\n1,a@b.dk\n1,c@d.dk\n", "Rows 1 and 2")]
    [InlineData("rec_id,email\n1,a@b.dk\n,c@d.dk\n", "Row 2 has no value")]
    [InlineData("name,email\na,a@b.dk\n", "no column 'rec_id'")]
    [InlineData("rec_id,x\n1,5\n2,7\n", "nothing to match on")]
    [InlineData("rec_id\n1\n2\n", "nothing to match on")]
    [InlineData("a\0b,c\n", "not text")]
    public void Bad_input_is_refused_and_nothing_is_written(string text, string says)
    {
        Assert.Contains(says, Assert.Throws<BadInputException>(() => Run(text)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));
    }

    [Fact]
    public void Rules_a_model_and_households_are_files_too()
    {
        string Beside(string name, string? text = null)
        {
            var path = Path.Combine(_folder, name);
            if (text is not null) File.WriteAllText(path, text);
            return path;
        }
        var csv = Beside("in.csv", "rec_id,first_name,surname,street,postcode,loyalty\n1,Jens,Torupgaard,Bakkevej 7,5000,c12345\n2,Karen,Torupgaard,Bakkevej 7,5000,c22222\n3,K,,,,c22222\n");
        FileMatchOptions options = new() { Csv = csv, Out = Out, Rules = Beside("rules.json", """[{"name": "card", "all": [{"of": "loyalty", "how": "exact"}]}]"""), Model = Beside("model.json"), Households = Beside("homes.csv") };
        var learnt = FileMatch.Run(options, new Progress<string>(), Cancel);
        Assert.Equal(["rec_id,profile_id", "1,1", "2,2", "3,2"], File.ReadAllLines(Out));
        Assert.Equal(["profile_id,household_id", "1,1", "2,1"], File.ReadAllLines(options.Households!));
        Assert.Equal(learnt.Threshold, FileMatch.Run(options, new Progress<string>(), Cancel).Threshold);
        Beside("rules.json", "[{\"nam\": 1}]");
        Assert.Contains("They look like", Assert.Throws<BadInputException>(() => FileMatch.Run(options, new Progress<string>(), Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_row_is_one_profile()
    {
        Assert.Equal(1, Run("rec_id,email\n1,a@b.dk\n").Clusters);
        Assert.Equal(["rec_id,profile_id", "1,1"], File.ReadAllLines(Out));
    }

    [Fact]
    public void Ten_thousand_columns_are_read()
    {
        var text = new StringBuilder("rec_id,email").AppendJoin("", Enumerable.Range(0, 10_000).Select(i => $",c{i}")).Append('\n');
        for (var row = 0; row < 4; row++) text.Append($"{row},mail{row / 2}@b.dk").AppendJoin("", Enumerable.Range(0, 10_000).Select(i => $",{row}")).Append('\n');
        Assert.Equal(4, Run(text.ToString()).Records);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_read_as_Latin_1()
    {
        var file = Path.Combine(_folder, "latin.csv");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes("rec_id,by\n1,Køge\n"));
        Assert.Equal("Køge", CsvTable.Read(file, Cancel).Columns[1].Text(0));
    }

    [Fact]
    public void Whatever_is_written_by_the_standard_is_read_back() => Gen.Select(Gen.OneOf(Values.Select(v => Gen.Const(v)).ToArray()).Array[3].List[1, 40], Gen.Bool).Sample((rows, isWindows) =>
    {
        var end = isWindows ? "\r\n" : "\n";
        var file = Path.Combine(_folder, "any.csv");
        File.WriteAllText(file, "a,b,c" + end + string.Concat(rows.Select(r => "\"k\"," + string.Join(',', r.Skip(1).Select(v => '"' + v.Replace("\"", "\"\"", StringComparison.Ordinal) + '"')) + end)));
        var table = CsvTable.Read(file, Cancel);
        Assert.Equal(rows.Count, table.Rows);
        for (var row = 0; row < rows.Count; row++) for (var c = 1; c < 3; c++) Assert.Equal(rows[row][c], table.Columns[c].Text(row));
    }, iter: 200, threads: 1);

    private MatchReport Run(string text, string? report = null)
    {
        var file = Path.Combine(_folder, "in.csv");
        File.WriteAllText(file, text);
        return FileMatch.Run(new() { Csv = file, Out = Out, Report = report }, new Progress<string>(), Cancel);
    }
}
