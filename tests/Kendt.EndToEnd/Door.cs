using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Kendt.EndToEnd;

/// <summary>A server with one stream source, seen from the outside: a client that holds its write key, and the warehouse behind it.</summary>
public sealed class Door : IAsyncDisposable
{
    private readonly HttpClient _owner;
    private readonly Workspace _workspace;

    private Door(Workspace workspace, KendtProcess kendt, HttpClient owner, string key) => (_workspace, Kendt, _owner, Key) = (workspace, kendt, owner, key);

    public KendtProcess Kendt { get; }

    public string Key { get; }

    /// <summary>The connection string of the workspace's database, if it has one.</summary>
    public string? Postgres => _workspace.Postgres;

    /// <summary>Sends no header of its own.</summary>
    public HttpClient Client { get; } = new();

    public static async Task<Door> OpenAsync(On on, CancellationToken cancel)
    {
        var workspace = await Workspace.CreateAsync(on);
        var added = await KendtProcess.RunAsync(["source", "add", "web", "--kind", "stream", "--data", workspace.Folder], workspace, cancel);
        var key = JsonDocument.Parse(added.Ok).RootElement.GetProperty("writeKey").GetString()!;
        var kendt = await KendtProcess.StartAsync(["serve", "--data", workspace.Folder], workspace, cancel);
        return new(workspace, kendt, await kendt.ClientAsync(workspace, cancel), key) { Client = { BaseAddress = kendt.Address } };
    }

    /// <summary>A client that may do everything, as the owner's own commands do.</summary>
    public Task<HttpClient> OwnerAsync(CancellationToken cancel) => Kendt.ClientAsync(_workspace, cancel);

    /// <summary>POSTs a body, with the key as Basic unless there is another.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancel, string? key = null, Action<HttpRequestMessage>? also = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "text/plain") };
        if ((key ?? Key).Length > 0) request.Headers.Authorization = Basic(key ?? Key);
        also?.Invoke(request);
        return await Client.SendAsync(request, cancel);
    }

    public static AuthenticationHeaderValue Basic(string user) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":")));

    /// <summary>What an answer says, after checking its status.</summary>
    public static async Task<JsonElement> SaysAsync(HttpStatusCode status, HttpResponseMessage answer, CancellationToken cancel)
    {
        var text = await answer.Content.ReadAsStringAsync(cancel);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Asks the warehouse until there are as many rows as expected; each row's cells are joined by a comma.</summary>
    public async Task<List<string>> RowsAsync(string query, int expected, CancellationToken cancel)
    {
        for (var tries = 0; ; tries++)
        {
            using var answer = await _owner.PostAsJsonAsync(new Uri("/v1/sql", UriKind.Relative), new { query }, cancel);
            var text = await answer.Content.ReadAsStringAsync(cancel);
            Assert.True(answer.IsSuccessStatusCode, text);
            var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
            if (rows.Count >= expected) return rows;
            Assert.True(tries < 200, $"{rows.Count} of {expected} rows came: {text}");
            await Task.Delay(50, cancel);
        }
    }

    /// <summary>GETs from the API as the owner.</summary>
    public async Task<JsonElement> AskAsync(string path, CancellationToken cancel)
    {
        using var answer = await _owner.GetAsync(new Uri(path, UriKind.Relative), cancel);
        return await SaysAsync(HttpStatusCode.OK, answer, cancel);
    }

    /// <summary>POSTs to the API as the owner, unless another method is named.</summary>
    public async Task<JsonElement> SayAsync<T>(string path, T body, CancellationToken cancel, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var answer = await _owner.SendAsync(request, cancel);
        return await SaysAsync(HttpStatusCode.OK, answer, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _owner.Dispose();
        await Kendt.DisposeAsync();
        await _workspace.DisposeAsync();
    }
}
