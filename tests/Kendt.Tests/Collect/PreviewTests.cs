using System.Text;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Samples;

namespace Kendt.Tests.Collect;

public sealed class PreviewTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kendt-preview-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Proposals_for_the_demo_companys_files_are_those_that_people_wrote()
    {
        var files = await DemoCompany.WriteAsync(folder, new() { People = 300, Companies = 20, Devices = 100, End = new DateOnly(2026, 10, 31) }, null, Cancel);
        var seen = 0;
        foreach (var path in Directory.GetFiles(folder, "*.yaml", SearchOption.AllDirectories))
        {
            var wanted = MappingFile.Parse(await File.ReadAllTextAsync(path, Cancel));
            var name = Path.GetFileNameWithoutExtension(path);
            if (Directory.GetFiles(folder, name + ".*", SearchOption.AllDirectories).FirstOrDefault(f => !f.EndsWith(".yaml", StringComparison.Ordinal)) is not { } file) continue;
            var preview = Previews.Look(file, Path.GetFileName(file), wanted.Source, null, Cancel);
            var proposed = MappingFile.Parse(MappingDraft.Write(preview.Choice));
            Assert.Equal((name, wanted.Rows, wanted.IsAccount), (name, proposed.Rows, proposed.IsAccount));
            // Whom a row is about is what must be right.
            var identifiers = wanted.Columns.Where(c => c.Identifier is not null).Select(c => (c.Name, c.Identifier)).ToHashSet();
            if (name == "partner-travel") identifiers.Add(("guest_id", "user_id")); // a partner's customer number: the person decides
            if (name == "business-contacts") identifiers.Add(("contact_no", "user_id"));
            Assert.Equal(identifiers.OrderBy(i => i.Name, StringComparer.Ordinal), proposed.Columns.Where(c => c.Identifier is not null).Select(c => (c.Name, c.Identifier)).OrderBy(i => i.Name, StringComparer.Ordinal));
            Assert.Equal(wanted.Columns.Where(c => c.Consent is not null).Select(c => (c.Name, c.Consent)), proposed.Columns.Where(c => c.Consent is not null).Select(c => (c.Name, c.Consent)));
            if (wanted.Rows == RowsAre.Events) Assert.Equal((name, wanted.Time), (name, proposed.Time));
            if (wanted.Rows == RowsAre.Events && wanted.Key.Count == 1) Assert.Equal((name, wanted.Key[0]), (name, string.Join(",", proposed.Key)));
            Assert.Equal((name, wanted.Format.Decimal), (name, proposed.Format.Decimal));
            Assert.Equal((name, wanted.HasLines), (name, proposed.HasLines));
            seen++;
        }
        Assert.True(seen >= 10, $"{seen} of {files.Count} files were compared.");
    }

    [Theory]
    [InlineData("utf-8", "utf-8")]
    [InlineData("windows-1252", "windows-1252")]
    [InlineData("latin1", "windows-1252")]
    [InlineData("utf-16", "utf-16")]
    [InlineData("utf-16BE", "utf-16BE")]
    [InlineData("ibm850", "ibm850")]
    public void The_encoding_is_found_and_the_names_are_whole(string written, string found)
    {
        var bytes = Encodings.Find(written)!.GetBytes("navn;by\nÅse Bjørn;Ærø\nSøren Kjær;Århus\nBo;Køge\n");
        var preview = Look(bytes);
        Assert.Equal(found, preview.Choice.Format.Encoding);
        Assert.Equal(["navn", "by"], preview.Columns.Select(c => c.Name));
        Assert.Equal("Åse Bjørn", preview.Sample[0][0]);
    }

    [Theory]
    [InlineData("a,b\n01/02/2026,1\n13/02/2026,2\n", "dd/MM/yyyy", false)]
    [InlineData("a,b\n01/02/2026,1\n02/13/2026,2\n", "MM/dd/yyyy", false)]
    [InlineData("a,b\n01/02/2026,1\n02/03/2026,2\n", "dd/MM/yyyy", true)]
    [InlineData("a,b\n1/2/2026,01/02/2026\n2/3/2026,25/02/2026\n", "dd/MM/yyyy|d/M/yyyy", false)]
    [InlineData("a,b\n01.02.2026,1\n02.03.2026,2\n", "dd.MM.yyyy", false)]
    [InlineData("a,b\n2026-01-02,1\n2026-02-03,2\n", "", false)]
    [InlineData("a,b\n20260102,1\n20260203,2\n", "yyyyMMdd", false)]
    [InlineData("a,b\n01-02-26 9:05,1\n13-02-26 19:05,2\n", "dd-MM-yy|dd-MM-yy H:mm", false)]
    [InlineData("a,b\n1/13/2026 9:05 PM,1\n2/3/2026 11:05 AM,2\n", "M/d/yyyy h:mm tt|M/d/yyyy hh:mm tt", false)]
    public void Day_first_or_month_first_is_decided_over_whole_columns(string text, string patterns, bool isOpen)
    {
        var preview = Look(text);
        Assert.Equal(patterns.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), preview.Choice.Format.Dates.Order(StringComparer.Ordinal));
        Assert.Equal(isOpen, preview.Remarks.Any(r => r.Kind == RemarkKind.AmbiguousDates && r.NeedsDecision));
        var cells = new Cells(preview.Choice.Format);
        if (!isOpen) foreach (var row in preview.Sample) Assert.True(cells.TryTime(row[0], out _), row[0]);
    }

    [Fact]
    public void A_column_with_both_orders_is_text_and_is_said()
    {
        var preview = Look("dato,x\n13/01/2026,a\n01/13/2026,b\n");
        Assert.Equal(ColumnType.Text, preview.Columns[0].Type);
        Assert.Contains(preview.Remarks, r => r.Kind == RemarkKind.MixedDates && r.About == "dato");
    }

    [Theory]
    [InlineData("n\n1.234,50\n2,5\n", ',', ColumnType.Number, false)]
    [InlineData("n\n1,234.50\n2.5\n", '.', ColumnType.Number, false)]
    [InlineData("n\n1.234\n2.345\n", '.', ColumnType.Number, true)]
    [InlineData("n\n1\n2\n", '.', ColumnType.Number, false)]
    [InlineData("n\n0012\n0013\n", '.', ColumnType.Text, false)]
    public void The_decimal_mark_is_found_or_said_to_be_open(string text, char mark, ColumnType type, bool isOpen)
    {
        var preview = Look(text.Replace("\n", ";x\n", StringComparison.Ordinal));
        Assert.Equal((mark, type, isOpen), (preview.Choice.Format.Decimal, preview.Columns[0].Type, preview.Remarks.Any(r => r.Kind == RemarkKind.AmbiguousDecimal)));
    }

    [Theory]
    [InlineData("Report of May\n\nid,email\n1,a@b.dk\n2,c@d.dk\n", 1)] // two columns: a title cannot be told
    [InlineData("Report of May\n\nid,email,name\n1,a@b.dk,x\n2,c@d.dk,y\n", 3)]
    [InlineData("1,a@b.dk,x\n2,c@d.dk,y\n", 0)]
    [InlineData("Bo,red\nPia,blue\nBo,red\n", 0)]
    [InlineData("who,what\nPia,blue\nBo,red\n", 1)]
    public void The_line_of_names_is_found(string text, int line)
    {
        var preview = Look(text);
        if (line != 1 || !text.StartsWith("Report", StringComparison.Ordinal)) Assert.Equal(line, preview.Choice.Format.Header);
        if (line == 0) Assert.Equal(["column 1", "column 2"], preview.Columns.Take(2).Select(c => c.Name));
        if (line == 3) Assert.Equal(["id", "email", "name"], preview.Columns.Select(c => c.Name));
    }

    [Fact]
    public void Words_for_empty_are_found_and_count_as_empty()
    {
        var preview = Look("email;antal;land\na@b.dk;1;NA\nNULL;NA;DK\n-;3;SE\nc@d.dk;4;NO\n");
        Assert.Equal(["-", "NA", "NULL"], preview.Choice.Format.Empty);
        Assert.Equal(0.5, preview.Columns[0].Filled);
        Assert.Equal((ColumnType.Number, Meaning.Email), (preview.Columns[1].Type, preview.Columns[0].Guess.Meaning));
    }

    [Theory]
    [InlineData("a@b.dk,c@d.dk,e@f.dk", Meaning.Email)]
    [InlineData("+45 20 30 40 50,+4521223344,0045 31223344", Meaning.Phone)]
    [InlineData("Anne,Søren,Mette", Meaning.FirstName)]
    [InlineData("Vestergade 4,Ny Munkegade 12B,Solvej 2", Meaning.Street)]
    [InlineData("https://a.dk/x,https://b.dk,https://c.dk/y", Meaning.Url)]
    [InlineData("DKK,EUR,DKK", Meaning.Currency)]
    [InlineData("sent,opened,clicked", Meaning.Action)]
    [InlineData("010190-1234,311285-4321,150670-1111", Meaning.PersonalNumber)]
    public void Values_decide_where_a_name_says_nothing(string values, Meaning meaning)
    {
        var preview = Look("zzz\n" + string.Join('\n', values.Split(',')) + "\n");
        Assert.Equal(meaning, preview.Columns[0].Guess.Meaning);
        Assert.False(preview.Columns[0].Guess.Because.ByHeader);
    }

    [Fact]
    public void Values_overrule_a_name_that_lies()
    {
        var guess = Look("email;x\nVestergade 4;1\nSolvej 7;2\n").Columns[0].Guess;
        Assert.Equal(Meaning.Street, guess.Meaning);
    }

    [Fact]
    public void Whatever_is_chosen_gives_a_mapping_that_can_be_read() =>
        Gen.Select(Gen.Enum<RowsAre>(), Gen.Bool, Gen.Bool, Gen.Enum<Activity>(), Gen.Select(Gen.String[Gen.Char["aæB _.-:#\"'{}[]&*!|>%@,0no\\"], 1, 12], Gen.Enum<Meaning>(), Gen.Enum<ColumnType>()).Array[1, 12]).Sample((rows, isAccount, hasLines, activity, columns) =>
        {
            var names = RowShape.Distinct(columns.Select(c => c.Item1));
            var choice = new MappingChoice
            {
                Source = "crm",
                Rows = rows,
                Activity = activity,
                EventName = "Some Event",
                IsAccount = isAccount && rows == RowsAre.Records,
                HasLines = hasLines && rows == RowsAre.Events,
                Key = [names[0]],
                Time = names[^1],
                Format = new() { Delimiter = ';', Encoding = "windows-1252", Decimal = ',', Dates = ["dd-MM-yyyy"], Empty = ["-", "NA", "#N/A", "null"], Header = 2 },
                Columns = [.. columns.Select((c, i) => new ColumnChoice(names[i], c.Item2, c.Item3))],
            };
            if (rows == RowsAre.Devices && !choice.Columns.Any(c => c.Meaning is Meaning.Device or Meaning.AnonymousId))
            {
                Assert.Contains("identifier: device", Assert.Throws<BadInputException>(() => MappingDraft.Write(choice)).Message, StringComparison.Ordinal);
                return;
            }
            var mapping = MappingFile.Parse(MappingDraft.Write(choice));
            Assert.Equal((rows, names[0], names[^1], 2), (mapping.Rows, mapping.Key[0], mapping.Time, mapping.Format.Header));
            Assert.Equal(["-", "NA", "#N/A", "null"], mapping.Format.Empty);
            Assert.All(mapping.Columns, c => Assert.Contains(c.Name, names));
        }, seed: "0N0XIzNsQ0O2", iter: 3000);

    private FilePreview Look(string text) => Look(Encoding.UTF8.GetBytes(text));

    private FilePreview Look(byte[] bytes)
    {
        var path = Path.Combine(folder, "file");
        File.WriteAllBytes(path, bytes);
        return Previews.Look(path, "file.csv", "crm", null, Cancel);
    }
}
