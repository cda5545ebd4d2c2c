using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Api;
using Kendt.Store;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>Read-only queries for those who may see the warehouse.</summary>
public sealed class QueryDesk(Stores stores, TimeProvider time) : IQueryDesk
{
    public async Task<QueryBoard?> ReadAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.QueryWarehouse)) return null;
        var columns = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"""
            select table_name, column_name, data_type from information_schema.columns where table_schema in ('main', 'kendt_warehouse') order by table_name, ordinal_position
            """), r => (Table: r.Text(0), Column: $"{r.Text(1)} {r.Text(2).ToLowerInvariant()}"), cancel), cancel);
        return new([.. columns.GroupBy(c => c.Table, c => c.Column).Where(t => t.Key is not ("schema_version" or "projection")).Select(t => new QueryTable(t.Key, [.. t]))]);
    }

    public async Task<QueryAnswer> AskAsync(string query, int most, ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.QueryWarehouse)) throw new BadInputException("Your role may not query the warehouse. Ask an admin.");
        IReadOnlyList<string> columns = [];
        var (rows, isCut) = (new List<IReadOnlyList<string>>(), false);
        await foreach (var row in ReadOnlyQuery.RunAsync(stores.Warehouse, query, names => columns = names, cancel))
        {
            if (isCut = rows.Count == most) break;
            rows.Add([.. row.Select(Table.Text)]);
        }
        return new(columns, rows, isCut, time.GetUtcNow());
    }
}
