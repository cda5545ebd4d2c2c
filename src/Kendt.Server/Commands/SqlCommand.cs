using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class SqlCommand
{
    public static Command Make()
    {
        var query = new Argument<string>("QUERY") { Description = "One SELECT" };
        var to = new Option<FileInfo?>("--out") { Description = "A file to write instead: what ends with .parquet is Parquet, all else CSV", HelpName = "FILE" };
        var command = new Command("sql", CommandLine.Help("Ask the warehouse with SQL; reads only, prints CSV.",
            "kendt sql \"SELECT name, count(*) FROM event GROUP BY name ORDER BY 2 DESC\"",
            "kendt sql \"SELECT * FROM trait LIMIT 10\" > traits.csv", "kendt sql \"SELECT * FROM event\" --out events.parquet")).With(query, to);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sql") { Content = JsonContent.Create(new { query = parse.GetValue(query) }) };
            if (parse.GetValue(to) is { } file)
            {
                request.Headers.Add("Accept", file.Extension.Equals(".parquet", StringComparison.OrdinalIgnoreCase) ? "application/vnd.apache.parquet" : "text/csv");
                using var whole = await gateway.OpenAsync(request, cancel);
                await ExportCommand.SaveAsync(whole, file, cancel);
                answer.Line(answer.IsJson ? $$"""{"file":"{{file.Name}}","bytes":{{new FileInfo(file.FullName).Length}}}""" : $"{file.Name} is written.");
                return 0;
            }
            request.Headers.Add("Accept", answer.IsJson ? "application/json" : "text/csv");
            using var response = await gateway.OpenAsync(request, cancel);
            await CopyAsync(response, answer.Output, cancel);
            return 0;
        });
        return command;
    }

    internal static async Task CopyAsync(HttpResponseMessage response, TextWriter output, CancellationToken cancel)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        var buffer = new char[16384];
        for (int n; (n = await reader.ReadAsync(buffer, cancel)) > 0;) await output.WriteAsync(buffer.AsMemory(0, n), cancel);
    }
}
