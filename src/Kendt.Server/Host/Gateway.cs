using System.Net.Http.Headers;
using System.Text.Json;
using Kendt.Model;

namespace Kendt.Server.Host;

/// <summary>
/// How a command reaches the workspace: through the server that has it open, or, if there is none, through one that it
/// starts for itself on a port of the system's choice. So every command has one way, and works beside a running server.
/// </summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly RunningHost? _own;

    private Gateway(HttpClient client, RunningHost? own) => (Client, _own) = (client, own);

    /// <summary>Speaks to the server as its owner.</summary>
    public HttpClient Client { get; }

    public static async Task<Gateway> OpenAsync(KendtOptions options, CancellationToken cancel)
    {
        var held = WorkspaceLock.TryTake(options.Folder);
        RunningHost? own = null;
        RunningServer server;
        if (held is not null)
        {
            own = await KendtHost.StartAsync(options with { Port = 0, Address = "127.0.0.1" }, held, HostKind.Command, cancel);
            server = own.Server;
        }
        else
        {
            server = await WorkspaceLock.FindAsync(options.Folder, cancel);
        }
        var client = new HttpClient { BaseAddress = server.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
        return new(client, own);
    }

    public Task<JsonElement> GetAsync(string path, CancellationToken cancel) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);

    public Task<JsonElement> PostAsync<T>(string path, T body, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, cancel);

    public Task<JsonElement> PutAsync<T>(string path, T body, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) }, cancel);

    public async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var answer = await OpenAsync(request, cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        return await JsonSerializer.DeserializeAsync<JsonElement>(body, cancellationToken: cancel);
    }

    /// <summary>An answer whose body is read as it comes.</summary>
    /// <exception cref="BadInputException">The server says that what was asked cannot be used.</exception>
    /// <exception cref="CannotException">The server failed or is gone.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException fault)
        {
            throw new CannotException($"The server of this workspace does not answer ({fault.Message}). If it was killed, try again.", fault);
        }
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(cancel);
            var detail = Detail(text) ?? $"The server answered {(int)answer.StatusCode}.";
            throw (int)answer.StatusCode is >= 400 and < 500 ? new BadInputException(detail) : new CannotException(detail);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null) await _own.DisposeAsync();
    }

    private static string? Detail(string text)
    {
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            return problem.ValueKind is JsonValueKind.Object && problem.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // not one of our answers
        }
    }
}
