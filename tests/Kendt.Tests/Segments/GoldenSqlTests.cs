using System.Runtime.CompilerServices;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Tests.Segments;

/// <summary>
/// The SQL of a dozen rules per engine, so that a change of it is seen in review. To accept a change, run with the
/// environment variable KENDT_GOLDEN=write and read the difference.
/// </summary>
public sealed class GoldenSqlTests
{
    public static TheoryData<string, string> Rules => new()
    {
        { "everybody", """{"all":[]}""" },
        { "trait_is", """{"trait":"plan","is":"gold"}""" },
        { "trait_path_contains", """{"trait":"address.city","contains":"å%"}""" },
        { "trait_time", """{"trait":"joined","withinLast":"90d"}""" },
        { "trait_not_in_mixed", """{"trait":"plan","notIn":["1",1,true]}""" },
        { "event", """{"event":"Order Completed"}""" },
        { "event_count_zero", """{"event":"Order Completed","within":"30d","count":{"is":0}}""" },
        { "event_where_sum", """{"event":"Order Completed","where":[{"property":"item.price","above":10}],"from":"2024-01-01","to":"2024-07-01","sum":{"of":"total","atLeast":500}}""" },
        { "event_distinct_first", """{"all":[{"event":"View","distinct":{"of":"sku","atLeast":3}},{"event":"View","first":{"before":"2024-06-01"}}]}""" },
        { "group_of_both", """{"any":[{"trait":"plan","is":"gold"},{"not":{"event":"Order Completed","within":"90d"}}]}""" },
        { "sequence", """{"sequence":[{"event":"View"},{"event":"Buy","after":"7d"}],"without":{"event":"Remove"},"within":"30d"}""" },
        { "segment", """{"all":[{"segment":"gold"},{"not":{"segment":"gold"}}]}""" },
        { "identifier", """{"not":{"identifier":"email","endsWith":"@b.dk","count":{"below":2}}}""" },
        { "consent", """{"consent":"email","is":"granted"}""" },
    };

    [Theory, MemberData(nameof(Rules))]
    public void Sql_is_as_it_was_read_last(string name, string rule)
    {
        var sources = new FilterSources(_ => FilterJson.Parse("""{"trait":"plan","is":"gold"}"""), _ => Sql.Of($"select profile_id, state from decided"), _ => Sql.Of($"select profile_id from named"));
        foreach (var dialect in new[] { Dialect.DuckDb, Dialect.Postgres })
        {
            var sql = FilterSql.Members(FilterJson.Parse(rule), sources, RandomWorld.Noon).Show(dialect) + "\n";
            var path = Path.Combine(Folder(), $"{name}.{dialect.Engine.ToString().ToLowerInvariant()}.sql");
            if (Environment.GetEnvironmentVariable("KENDT_GOLDEN") == "write") File.WriteAllText(path, sql);
            Assert.Equal(File.ReadAllText(path), sql);
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(here)!, "Golden")).FullName;
}
