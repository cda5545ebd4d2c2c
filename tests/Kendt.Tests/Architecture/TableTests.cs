namespace Kendt.Tests.Architecture;

/// <summary>One table, one writer; and docs/tables.md says the truth. Each rule has a sample that breaks it.</summary>
public sealed class TableTests
{
    private static IReadOnlyList<SourceFile> Migrations => Tree.Files(["src/Kendt.Store/Migrations/"], ".sql");

    private static IReadOnlyList<TableFact> Truth => TableRules.WithReaders(TableRules.Tables(Migrations), Tree.Source, Migrations);

    private static readonly SourceFile[] Sample =
    [
        new("src/Kendt.Store/Migrations/Ledger/0001_sample.sql", "-- Owner Unify\ncreate table link (a text not null,\n    primary key (a));\n"),
        new("src/Kendt.Store/Migrations/Warehouse/0001_sample.postgres.sql", "alter table event_log add primary key (seq);\n"),
        new("src/Kendt.Store/Migrations/Warehouse/0001_sample.sql", "-- Owner Profiles\ncreate table event_log (seq bigint);\ncreate view event as select * from event_log e;\n"),
    ];

    [Fact]
    public void Every_table_has_an_owner()
    {
        Assert.True(Truth.Count > 20);
        Tree.Holds(TableRules.Unowned(Truth));
        Assert.Single(TableRules.Unowned(TableRules.Tables([new("Migrations/Ledger/0001.sql", "create table orphan (a text);")])));
    }

    [Fact]
    public void Only_its_owner_writes_a_table()
    {
        var tables = TableRules.Tables(Migrations);
        Tree.Holds(Tree.Source.SelectMany(f => TableRules.Writes(tables, f)));
    }

    [Theory]
    [InlineData("insert into link (a) values ({a})")]
    [InlineData("update link set a = {a}")]
    [InlineData("with v(a) as (values {rows}) DELETE FROM link where a = {a}")]
    [InlineData("await session.LoadAsync(\"link\", Columns, rows, cancel);")]
    [InlineData("insert into event values (1)")]
    [InlineData("insert into lnik (a) values ({a})")]
    public void A_second_writer_is_found(string text) => Assert.Single(TableRules.Writes(TableRules.Tables(Sample), new("src/Kendt.Collect/Sample.cs", text)));

    [Theory]
    [InlineData("insert into link (a) values ({a}) on conflict (a) do update set a = excluded.a")]
    [InlineData("create temporary table if not exists incoming (a text); delete from incoming; insert into incoming (a) values ({a})")]
    public void The_owner_and_its_own_temporary_tables_are_not(string text) => Assert.Empty(TableRules.Writes(TableRules.Tables(Sample), new("src/Kendt.Unify/Sample.cs", text)));

    [Fact]
    public void The_page_lists_every_table_and_nothing_else()
    {
        var path = Path.Combine(Tree.Root, TableRules.Page);
        if (Environment.GetEnvironmentVariable("KENDT_WRITE_TABLES") == "1")
            File.WriteAllText(path, TableRules.Written(Truth, File.Exists(path) ? TableRules.Listed(File.ReadAllText(path).ReplaceLineEndings("\n")) : []));
        Tree.Holds(TableRules.Differences(Truth, TableRules.Listed(File.ReadAllText(path).ReplaceLineEndings("\n"))));
    }

    [Fact]
    public void A_page_that_lies_is_found()
    {
        var truth = TableRules.WithReaders(TableRules.Tables(Sample), [new("src/Kendt.Segments/Sample.cs", "select 1 from event e join link l on l.a = e.a")], Sample);
        Assert.Equal(("a", "Segments"), (truth[0].Key, truth[0].Readers));
        Assert.Equal(("seq", "`event`"), (truth[1].Key, truth[1].Readers));
        var page = TableRules.Written(truth, []).Replace("| ? |", "| something |", StringComparison.Ordinal);
        Assert.Empty(TableRules.Differences(truth, TableRules.Listed(page)));
        Assert.Equal(3, TableRules.Differences(truth, TableRules.Listed(TableRules.Written(truth, []))).Count());
        Assert.Single(TableRules.Differences(truth, TableRules.Listed(page.Replace("| Segments | something", "| - | something", StringComparison.Ordinal).Replace("| `event_log` | warehouse", "| `event_log` | warehouse", StringComparison.Ordinal))), d => d.Contains("link", StringComparison.Ordinal));
        Assert.Single(TableRules.Differences(truth, TableRules.Listed(page.Replace("| Profiles |", "| Unify |", StringComparison.Ordinal))));
        Assert.Single(TableRules.Differences(truth, TableRules.Listed(page + "| `ghost` | ledger | table | Unify | `a` | - | nothing |\n")));
        Assert.Single(TableRules.Differences(truth, [.. TableRules.Listed(page).Skip(1)]));
    }
}
