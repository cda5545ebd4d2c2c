using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Segments;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Store;

namespace Kendt.Server.Api;

/// <summary>
/// A segment's members, or a whole table of the warehouse, as a file. Members need a permit, as everything that leaves does; a table
/// is for those who may query. Each is audited.
/// </summary>
internal static class ExportApi
{
    private static readonly string[] Fields = ["email", "phone", "firstName", "lastName", "name", "language"];

    private sealed record Order(string Segment, string Purpose, string? Format);

    /// <summary>The rooms that an export needs.</summary>
    public sealed record Rooms(SegmentDelivery Segment, Permits Permits, Audit Audit, WholeProfile Whole);

    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/exports", (Order order, HttpContext context, [AsParameters] Rooms rooms) => MembersAsync(order, context, rooms)).WithTags("Activation").NeedsScope(Scopes.DeliveriesWrite).WithSummary("A segment's members who allow the purpose, as CSV or Parquet");
        routes.MapGet("/v1/exports/segments/{name}", (string name, string purpose, string? format, HttpContext context, [AsParameters] Rooms rooms) => MembersAsync(new(name, purpose, format), context, rooms))
            .WithTags("Activation").MayOr(Scopes.DeliveriesWrite, Permission.Send).WithSummary("The same, for browsers");
        routes.MapGet("/v1/exports/tables/{name}", TableAsync).WithTags("Workspace").MayOr(Scopes.Admin, Permission.QueryWarehouse).WithSummary("A table or view of the warehouse, whole, as CSV or Parquet");
        return routes;
    }

    private static async Task MembersAsync(Order order, HttpContext context, Rooms rooms)
    {
        var (cancel, format) = (context.RequestAborted, TableFile.Format(order.Format));
        var denied = await rooms.Whole.DeniedAsync(context.User, cancel);
        string[] fields = [.. Fields.Where(f => !denied.Trait(f) && !denied.Identifier(f))];
        var members = await rooms.Segment.MembersAsync(order.Segment, cancel);
        var answer = await rooms.Permits.AskAsync(new PermitRequest { Purpose = order.Purpose, Use = Use.Send, What = "export of segment " + order.Segment, Actor = context.User.Actor() }, members, cancel);
        await rooms.Audit.WriteAsync(context.User.Actor(), "export", order.Segment, $"{answer.Granted} of {answer.Asked} for {order.Purpose}", cancel);
        context.Response.Headers["Kendt-Asked"] = answer.Asked.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Kendt-Permitted"] = answer.Granted.ToString(CultureInfo.InvariantCulture);
        await using var rows = RowsAsync(rooms.Segment, answer.Permit.Value, fields, cancel).GetAsyncEnumerator(cancel);
        var any = await rows.MoveNextAsync();
        await TableFile.WriteAsync(context, format, order.Segment, ["profile_id", .. fields], rows, any, CsvText.Cell);
    }

    private static async IAsyncEnumerable<object?[]> RowsAsync(SegmentDelivery segment, IReadOnlyList<ProfileId> people, string[] fields, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var chunk in people.Chunk(1000))
        {
            var payloads = await segment.PayloadsAsync(chunk, cancel);
            foreach (var id in chunk.Where(payloads.ContainsKey))
            {
                var said = JsonSerializer.Deserialize<Dictionary<string, string>>(payloads[id])!;
                yield return [id.ToString(), .. fields.Select(f => said.GetValueOrDefault(f))];
            }
        }
    }

    private static async Task TableAsync(string name, string? format, HttpContext context, Stores stores, Catalogue catalogue, Audit audit)
    {
        var (cancel, kind) = (context.RequestAborted, TableFile.Format(format));
        var known = await stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from information_schema.tables where table_schema in ('main', 'kendt_warehouse') and table_name = {name}"), cancel), cancel) > 0;
        if (!known && await catalogue.FindAsync(name, cancel) is not null) throw new BadInputException($"'{name}' is a segment. Its members are personal data: say what for, as in --purpose email_marketing (purpose=email_marketing).");
        if (!known) throw new BadInputException("The warehouse has no table or view of this name, and there is no such segment. Tables are event, trait, record_now and the others that docs/tables.md names.");
        IReadOnlyList<string> columns = [];
        await using var rows = ReadOnlyQuery.RunAsync(stores.Warehouse, $"select * from \"{name}\"", names => columns = names, cancel).GetAsyncEnumerator(cancel);
        var any = await rows.MoveNextAsync();
        await audit.WriteAsync(context.User.Actor(), "export.table", name, kind, cancel);
        await TableFile.WriteAsync(context, kind, name, columns, rows, any);
    }
}
