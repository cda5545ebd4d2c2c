using System.CommandLine;
using System.Net.ServerSentEvents;

namespace Kendt.Server.Commands;

internal static class StreamCommand
{
    public static Command Make()
    {
        var source = new Option<string?>("--source") { Description = "Only of this source" };
        var type = new Option<string?>("--type") { Description = "Only of this type: track, identify ..." };
        var said = new Option<string?>("--event") { Description = "Only with this in the event's or page's name" };
        var rejected = new Option<bool>("--rejected") { Description = "Only what could not be taken" };
        var text = new Option<string?>("--text") { Description = "Only with this text in it" };
        var command = new Command("stream", CommandLine.Help("Show messages as they come in, one JSON object a line, until Ctrl+C. The server has to run.",
            "kendt stream --source webshop", "kendt stream --rejected")).With(source, type, said, rejected, text);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var query = new Dictionary<string, string?> { ["source"] = parse.GetValue(source), ["type"] = parse.GetValue(type), ["event"] = parse.GetValue(said), ["rejected"] = parse.GetValue(rejected) ? "true" : null, ["text"] = parse.GetValue(text) };
            var path = "/v1/stream?" + string.Join('&', query.Where(q => q.Value is not null).Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value!)}"));
            using var opened = await gateway.OpenAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
            await using var body = await opened.Content.ReadAsStreamAsync(cancel);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
            {
                if (item.EventType == "message") answer.Line(item.Data);
                else if (item.EventType == "lost") await parse.InvocationConfiguration.Error.WriteLineAsync($"Some came faster than they could be shown: {item.Data}".AsMemory(), cancel);
            }
            return 0;
        });
        return command;
    }
}
