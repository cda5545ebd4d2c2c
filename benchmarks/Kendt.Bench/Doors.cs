using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Kendt.Bench;

/// <summary>
/// The servers that Kendt is measured beside, each a process of its own. <c>limit</c>: bare Kestrel that reads the JSON and
/// appends the bytes to a file, answering after an fsync shared by all who wait. <c>collect</c>: the same Kestrel with
/// Kendt's room Collect behind it (write key, validation, dedupe, intake log), without the rest of the host and without
/// anything made of the messages; it tells the price of the door from the price of what follows. <c>page</c>: bare Kestrel that
/// answers every GET with the bytes of a file from memory.
/// </summary>
internal static class Doors
{
    public static IEnumerable<Command> Commands()
    {
        foreach (var (name, serve) in new (string, Func<string, int, CancellationToken, Task>)[] { ("limit", LimitAsync), ("collect", CollectAsync), ("page", PageAsync) })
        {
            var folder = new Option<string>("--data") { Required = true };
            var port = new Option<int>("--port") { Required = true };
            var command = new Command(name) { Hidden = true };
            command.Add(folder);
            command.Add(port);
            command.SetAction((parse, cancel) => serve(parse.GetValue(folder)!, parse.GetValue(port), cancel));
            yield return command;
        }
    }

    private static async Task LimitAsync(string folder, int port, CancellationToken cancel)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "log"), FileMode.Create, FileAccess.Write);
        var queue = Channel.CreateUnbounded<(byte[] Bytes, TaskCompletionSource Done)>(new() { SingleReader = true });
        var writer = Task.Run(async () =>
        {
            var group = new List<(byte[] Bytes, TaskCompletionSource Done)>();
            for (long at = 0; await queue.Reader.WaitToReadAsync(CancellationToken.None);)
            {
                group.Clear();
                while (group.Count < 4096 && queue.Reader.TryRead(out var next)) group.Add(next);
                RandomAccess.Write(file, group.ConvertAll(w => (ReadOnlyMemory<byte>)w.Bytes), at);
                RandomAccess.FlushToDisk(file);
                at += group.Sum(w => (long)w.Bytes.Length);
                foreach (var waiting in group) waiting.Done.SetResult();
            }
        }, CancellationToken.None);
        await ServeAsync(port, async (_, body) =>
        {
            var bytes = body.WrittenSpan.ToArray();
            Walk(bytes);
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            queue.Writer.TryWrite((bytes, done));
            await done.Task;
            return 200;
        }, cancel);
        queue.Writer.Complete();
        await writer;
    }

    private static async Task CollectAsync(string folder, int port, CancellationToken cancel)
    {
        await using var stores = await Stores.OpenAsync(new StoreOptions { Folder = folder }, TimeProvider.System, cancel);
        await using var log = await IntakeLog.OpenAsync(stores, new IntakeOptions(), cancel);
        var sources = new Sources(stores, TimeProvider.System);
        var added = await sources.AddAsync("web", SourceKind.Stream, Party.First, cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "write-key"), added.WriteKey, cancel);
        await ServeAsync(port, async (context, body) =>
        {
            var given = Convert.FromBase64String(context.Request.Headers.Authorization.ToString()["Basic ".Length..]);
            if (await sources.FindByKeyAsync(Encoding.ASCII.GetString(given).TrimEnd(':'), CancellationToken.None) is not { } source) return 401;
            MessageType? type = context.Request.Path == "/v1/batch" ? null : MessageType.Track;
            if (TrackingCall.Read(body.WrittenMemory, type, TimeProvider.System) is not TrackingCall.Items call) return 400;
            return await log.AppendAsync(source.Name, call, TimeProvider.System.GetUtcNow(), CancellationToken.None) is AppendResult.Taken { Rejected: 0 } ? 200 : 503;
        }, cancel);
    }

    private static async Task PageAsync(string folder, int port, CancellationToken cancel)
    {
        var page = await File.ReadAllBytesAsync(Path.Combine(folder, "page"), cancel);
        await ServeAsync(port, context =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = page.Length;
            return context.Response.Body.WriteAsync(page, CancellationToken.None).AsTask();
        }, cancel);
    }

    private static Task ServeAsync(int port, Func<HttpContext, ArrayBufferWriter<byte>, Task<int>> take, CancellationToken cancel) => ServeAsync(port, async context =>
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync($"dotnet_gc_heap_total_allocated_bytes_total {GC.GetTotalAllocatedBytes()}\nkendt_pipeline_backlog_facts 0\n", CancellationToken.None);
            return;
        }
        var body = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? 4096));
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(CancellationToken.None);
            foreach (var part in read.Buffer) body.Write(part.Span);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        context.Response.StatusCode = await take(context, body);
        context.Response.ContentLength = Answer.Length;
        await context.Response.BodyWriter.WriteAsync(Answer, CancellationToken.None);
    }, cancel);

    private static async Task ServeAsync(int port, RequestDelegate answer, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(cancel);
        try
        {
            await app.WaitForShutdownAsync(cancel);
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static readonly byte[] Answer = "{\"success\":true}"u8.ToArray();

    private static void Walk(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("messageId"u8)) reader.Read();
        }
    }
}
