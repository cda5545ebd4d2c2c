using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>A segment's members as a CSV file. Needs a permit, as everything that leaves does.</summary>
internal static class ExportApi
{
    private static readonly string[] Columns = ["profile_id", "email", "phone", "firstName", "lastName", "name", "language"];

    private sealed record Order(string Segment, string Purpose);

    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/exports", WriteAsync).WithTags("Activation").NeedsScope(Scopes.DeliveriesWrite).WithSummary("A segment's members who allow the purpose, as CSV");
        return routes;
    }

    private static async Task WriteAsync(Order order, HttpContext context, SegmentDelivery segment, Permits permits, Audit audit, ClaimsPrincipal user)
    {
        var cancel = context.RequestAborted;
        var members = await segment.MembersAsync(order.Segment, cancel);
        var answer = await permits.AskAsync(new PermitRequest { Purpose = order.Purpose, Use = Use.Send, What = "export of segment " + order.Segment, Actor = user.Actor() }, members, cancel);
        await audit.WriteAsync(user.Actor(), "export", order.Segment, $"{answer.Granted} of {answer.Asked} for {order.Purpose}", cancel);
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers["Kendt-Asked"] = answer.Asked.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["Kendt-Permitted"] = answer.Granted.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false), 65536, leaveOpen: true);
        await writer.WriteAsync(string.Join(',', Columns) + "\n");
        foreach (var chunk in answer.Permit.Value.Chunk(1000))
        {
            var payloads = await segment.PayloadsAsync(chunk, cancel);
            foreach (var id in chunk.Where(payloads.ContainsKey))
            {
                var fields = JsonSerializer.Deserialize<Dictionary<string, string>>(payloads[id])!;
                await writer.WriteAsync((id + "," + string.Join(',', Columns.Skip(1).Select(c => CsvText.Cell(fields.GetValueOrDefault(c, "")))) + "\n").AsMemory(), cancel);
            }
        }
    }
}
