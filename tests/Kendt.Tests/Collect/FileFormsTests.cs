using System.IO.Compression;
using Kendt.Collect;
using Kendt.Model;
using ParquetSharp;
using ParquetSharp.Schema;
using Encoding = System.Text.Encoding;

namespace Kendt.Tests.Collect;

/// <summary>Files that are no plain text: workbooks, zips, nested Parquet; and those that were made to do harm.</summary>
public sealed class FileFormsTests
{
    private const string People = """
        source: crm
        rows: records
        key: id
        format: { decimal: "," }
        columns:
          id: { identifier: user_id }
          name: { trait: name }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_workbook_is_read_with_its_formulas_values_and_days(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var book = Workbook.Of(("Notes", []), ("People", [["id", "name", "when", "sum", "yes"], [1.0, "Åse", Workbook.Day(46023), Workbook.Formula("1+1.5", 2.5), true], [], ["A2", "two\nlines", Workbook.Day(46023.5), 0.30000000000000004, null]]));
        var done = await desk.ImportAsync("people.xlsx", book, People);
        Assert.Equal((2L, 0L), (done.Taken, done.Rejected));
        Assert.Equal([("1", """{"id":"1","name":"Åse","when":"2026-01-01","sum":"2,5","yes":"true"}"""), ("A2", """{"id":"A2","name":"two\nlines","when":"2026-01-01T12:00:00","sum":"0,3","yes":""}""")], await desk.RecordsAsync());
        var preview = Previews.Look(desk.File("people.xlsx", book), "people.xlsx", "crm", null, Cancel);
        Assert.Equal((FileForm.Excel, 1, 2L), (preview.Form, preview.Choice.Format.Header, preview.Rows));
        Assert.Equal([ColumnType.Text, ColumnType.Text, ColumnType.Time, ColumnType.Number, ColumnType.Boolean], preview.Columns.Select(c => c.Type));
    }

    [Fact]
    public async Task A_sheet_and_its_line_of_names_can_be_said()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var book = Workbook.Of(("One", [["x"], ["y"]]), ("Two", [["Report"], [], ["id", "name", "more"], [7.0, "Bo", "z"]]));
        await desk.ImportAsync("two.xlsx", book, People.Replace("decimal: \",\"", "decimal: \",\", sheet: two, header: 3", StringComparison.Ordinal));
        Assert.Equal([("7", """{"id":"7","name":"Bo","more":"z"}""")], await desk.RecordsAsync());
        var fault = await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("three.xlsx", book, People.Replace("decimal: \",\"", "sheet: three", StringComparison.Ordinal)));
        Assert.Contains("no sheet 'three'. It has 'One', 'Two'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_that_is_cut_short_or_lies_is_told_in_plain_words()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var book = Workbook.Of(("People", [["id", "name"], ["1", "x"]]));
        for (var length = 4; length < book.Length; length += 97)
        {
            var path = desk.File("cut.xlsx", book[..length]);
            Assert.Throws<BadInputException>(() => Previews.Look(path, "cut.xlsx", "crm", null, Cancel));
        }
        // Bytes turned over within: read or refused, never an end of the program.
        var random = new Random(7);
        for (var n = 0; n < 300; n++)
        {
            var spoilt = (byte[])book.Clone();
            for (var k = 0; k < 4; k++) spoilt[random.Next(spoilt.Length)] ^= (byte)(1 << random.Next(8));
            var path = desk.File("spoilt.xlsx", spoilt);
            try
            {
                Previews.Look(path, "spoilt.xlsx", "crm", null, Cancel);
            }
            catch (BadInputException)
            {
                continue;
            }
        }
    }

    [Fact]
    public async Task The_files_of_a_zip_come_out_under_names_of_our_own()
    {
        var folder = Directory.CreateTempSubdirectory("kendt-zip-").FullName;
        try
        {
            var zip = Path.Combine(folder, "a.zip");
            Pack(zip, ("../../outside.csv", "id\n1\n"), ("/etc/x.csv", "id\n2\n"), ("..\\..\\win.csv", "id\n3\n"), ("__MACOSX/._x.csv", "x"), ("folder/", ""), ("sub/ok.csv", "id\n4\n"), (".DS_Store", "x"));
            var number = 0;
            var inside = Directory.CreateDirectory(Path.Combine(folder, "in")).FullName;
            var members = await ZipMembers.UnpackAsync(zip, "a.zip", _ => Path.Combine(inside, $"{number++}"), () => { }, Cancel);
            Assert.Equal(["outside.csv", "x.csv", "win.csv", "ok.csv"], members.Select(m => m.Name));
            Assert.Equal(["id\n1\n", "id\n2\n", "id\n3\n", "id\n4\n"], members.Select(m => File.ReadAllText(m.Path)));
            Assert.Equal(4, Directory.GetFiles(inside).Length);
            Assert.False(File.Exists(Path.Combine(folder, "outside.csv")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_unpacks_without_end_is_stopped_and_leaves_nothing()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var bomb = desk.File("bomb.zip", []);
        using (var stream = new FileStream(bomb, FileMode.Create))
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            using var content = archive.CreateEntry("bomb.csv").Open();
            var zeros = new byte[1 << 20];
            for (var n = 0; n < 300; n++) content.Write(zeros);
        }
        var inside = Directory.CreateTempSubdirectory("kendt-bomb-").FullName;
        var fault = await Assert.ThrowsAsync<BadInputException>(() => ZipMembers.UnpackAsync(bomb, "bomb.zip", name => Path.Combine(inside, name), () => { }, Cancel));
        Assert.Contains("unpacks to more than", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(inside));
        Directory.Delete(inside);
        var packed = desk.File("bomb.gz", []);
        using (var stream = new FileStream(packed, FileMode.Create))
        using (var gzip = new GZipStream(stream, CompressionLevel.SmallestSize))
        {
            gzip.Write("id,name\n1,x\n"u8);
            var lines = new byte[1 << 20];
            lines.AsSpan().Fill((byte)'\n');
            for (var n = 0; n < 300; n++) gzip.Write(lines);
        }
        var started = await desk.Imports.StartAsync(packed, "bomb.gz", MappingFile.Parse(People), null, Cancel);
        Assert.Contains("unpacks to more than", (await Assert.ThrowsAsync<BadInputException>(() => desk.Imports.RunAsync(started.Id, null, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("unpacks to more than", (await Assert.ThrowsAsync<BadInputException>(() => Task.FromResult(Previews.Look(packed, "bomb.gz", "crm", null, Cancel)))).Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Nested_parquet_is_flat_with_dots_and_lists_are_json(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var path = desk.File("nested.parquet", []);
        using (var id = new PrimitiveNode("id", Repetition.Required, LogicalType.String(), PhysicalType.ByteArray))
        using (var city = new PrimitiveNode("city", Repetition.Optional, LogicalType.String(), PhysicalType.ByteArray))
        using (var element = new PrimitiveNode("element", Repetition.Optional, LogicalType.None(), PhysicalType.Int64))
        using (var list = new GroupNode("list", Repetition.Repeated, [element]))
        using (var tags = new GroupNode("tags", Repetition.Optional, [list], LogicalType.List()))
        using (var address = new GroupNode("address", Repetition.Optional, [city]))
        using (var name = new PrimitiveNode("name", Repetition.Optional, LogicalType.String(), PhysicalType.ByteArray))
        using (var schema = new GroupNode("schema", Repetition.Required, [id, address, tags, name]))
        using (var properties = WriterProperties.GetDefaultWriterProperties())
        using (var writer = new ParquetFileWriter(path, schema, properties))
        {
            using var rows = writer.AppendRowGroup();
            using (var c = rows.NextColumn().LogicalWriter<string>()) c.WriteBatch(["1", "2"]);
            using (var c = rows.NextColumn().LogicalWriter<Nested<string?>?>()) c.WriteBatch([new Nested<string?>("Århus"), null]);
            using (var c = rows.NextColumn().LogicalWriter<long?[]?>()) c.WriteBatch([[1, null, 3], null]);
            using (var c = rows.NextColumn().LogicalWriter<string?>()) c.WriteBatch(["x", null]);
            writer.Close();
        }
        await desk.ImportAsync("nested.parquet", await File.ReadAllBytesAsync(path, Cancel), People);
        Assert.Equal([("1", """{"id":"1","address.city":"Århus","tags":"[1,null,3]","name":"x"}"""), ("2", """{"id":"2","address.city":"","tags":"","name":""}""")], await desk.RecordsAsync());
    }

    [Fact]
    public async Task Parquet_that_is_cut_short_or_spoilt_is_told_in_plain_words()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var path = desk.File("p.parquet", []);
        using (var writer = new ParquetFileWriter(path, [new Column<string>("id"), new Column<string>("name")]))
        {
            using var rows = writer.AppendRowGroup();
            using (var c = rows.NextColumn().LogicalWriter<string>()) c.WriteBatch([.. Enumerable.Range(0, 500).Select(n => $"k{n}")]);
            using (var c = rows.NextColumn().LogicalWriter<string>()) c.WriteBatch([.. Enumerable.Range(0, 500).Select(n => $"n{n}")]);
            writer.Close();
        }
        var whole = await File.ReadAllBytesAsync(path, Cancel);
        for (var length = 4; length < whole.Length; length += 301)
            await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("cut.parquet", whole[..length], People));
        // A page that is not what it says: what came before it is kept, the rest is said to be damaged.
        var spoilt = (byte[])whole.Clone();
        for (var i = 40; i < 400; i++) spoilt[i] = 0xFF;
        Assert.Contains("damaged", (await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("spoilt.parquet", spoilt, People))).Message, StringComparison.Ordinal);
    }

    private static void Pack(string path, params (string Name, string Content)[] files)
    {
        using var stream = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var entry = archive.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(content));
        }
    }
}
