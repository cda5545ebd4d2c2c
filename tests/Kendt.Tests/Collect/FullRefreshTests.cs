using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Collect;

public sealed class FullRefreshTests
{
    private const string People = """
        source: crm
        rows: records
        mode: full
        key: id
        columns:
          id: { identifier: user_id }
          name: { trait: name }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task What_a_full_file_has_no_more_is_gone_and_comes_back_with_it(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("a.csv", Rows(1, 10), People);
        Assert.Equal(0, (await desk.ImportAsync("a2.csv", Rows(1, 10) + "\n", People)).Gone);
        var second = await desk.ImportAsync("b.csv", Rows(1, 8) + "11,new\n", People);
        Assert.Equal((1L, 8L, 2L), (second.Taken, second.Known, second.Gone));
        Assert.Equal(["1", "11", "2", "3", "4", "5", "6", "7", "8"], await NowAsync(desk));
        var facts = await new Records(desk.Stores, desk.Letters).ReadAsync(0, 100, Cancel);
        Assert.Equal(["10", "9"], facts.Where(f => f.IsGone).Select(f => f.Key));
        Assert.All(facts.Where(f => f.IsGone), f => Assert.Empty(f.Traits));
        Assert.All(facts.Where(f => f.IsGone), f => Assert.Contains(new Identifier("user_id", f.Key), f.Identifiers));
        // The same words as before its going say something new.
        var third = await desk.ImportAsync("c.csv", Rows(1, 9) + "11,new\n", People);
        Assert.Equal((1L, 0L), (third.Taken, third.Gone));
        Assert.Contains("9", await NowAsync(desk));
        Assert.Equal(2L, (await desk.Imports.ListAsync(10, Cancel)).Single(i => i.File == "b.csv").RowsGone);
    }

    [Theory, Engines]
    public async Task A_file_that_would_take_too_many_stops_and_says_how_to_go_on(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("a.csv", Rows(1, 10), People);
        var half = "id,name\n1,N1\n2,changed\n3,N3\n4,N4\n5,N5\n";
        var fault = await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("half.csv", half, People));
        Assert.Contains("5 of the 10 records of 'crm' are not in 'half.csv'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("--max-gone 51", fault.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await NowAsync(desk)).Count);
        // The same file, allowed: the import goes on where it stopped.
        var again = await desk.Imports.StartAsync(desk.File("half.csv", System.Text.Encoding.UTF8.GetBytes(half)), "half.csv", MappingFile.Parse(People), null, new Refresh(51), Cancel);
        Assert.True(again.Continues);
        Assert.Equal(5, (await desk.Imports.RunAsync(again.Id, null, Cancel)).Gone);
        Assert.Equal(["1", "2", "3", "4", "5"], await NowAsync(desk));
    }

    [Fact]
    public async Task Rows_that_could_not_be_read_keep_everything_where_it_is()
    {
        await using var desk = await Desk.OpenAsync(On.Embedded);
        await desk.ImportAsync("a.csv", Rows(1, 10), People);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => desk.ImportAsync("b.csv", Rows(1, 9) + "10\n", People));
        Assert.Contains("nothing was marked as gone", fault.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await NowAsync(desk)).Count);
    }

    [Fact]
    public async Task Only_records_are_refreshed()
    {
        Assert.Contains("mode: full is for rows: records", Assert.Throws<BadInputException>(() => MappingFile.Parse("source: x\nrows: events\nmode: full\nevent: E\ncolumns: { a: { property: a } }\n")).Message, StringComparison.Ordinal);
        await using var desk = await Desk.OpenAsync(On.Embedded);
        var mapping = MappingFile.Parse("source: x\nrows: events\nevent: E\ncolumns: { a: { property: a } }\n");
        Assert.Contains("Leave --full out", (await Assert.ThrowsAsync<BadInputException>(() => desk.Imports.StartAsync(desk.File("e.csv", "a\n1\n"u8.ToArray()), "e.csv", mapping, null, new Refresh(), Cancel))).Message, StringComparison.Ordinal);
    }

    private static string Rows(int from, int to) => "id,name\n" + string.Concat(Enumerable.Range(from, to - from + 1).Select(n => $"{n},N{n}\n"));

    private static Task<List<string>> NowAsync(Desk desk) => desk.Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select key from record_now where source = 'crm' order by key"), r => r.Text(0), Cancel), Cancel);
}
