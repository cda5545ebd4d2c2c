using System.Diagnostics;
using Kendt.Model;
using Kendt.Studio.Texts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;

namespace Kendt.Studio.Parts;

/// <summary>
/// A page that reads one thing, named by its address: it reads again when the address changes, keeps showing the last
/// while it does, and says in plain words when it cannot.
/// </summary>
public abstract class StudioPage<T> : ComponentBase, IDisposable where T : class
{
    private readonly CancellationTokenSource closed = new();
    private CancellationTokenSource? current;
    private PersistingComponentStateSubscription? leaving;
    private string? readFor;

    [Inject] protected NavigationManager Nav { get; set; } = default!;
    [Inject] protected IStringLocalizer<Phrases> L { get; set; } = default!;
    [Inject] protected Show Show { get; set; } = default!;
    [Inject] private PersistentComponentState Kept { get; set; } = default!;
    [Inject] private Handover Handover { get; set; } = default!;
    [Inject] private ILoggerFactory Logs { get; set; } = default!;

    /// <summary>What is shown.</summary>
    protected Reading<T> Now { get; private set; } = Reading<T>.Begun;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed => closed.Token;

    /// <summary>Reads what the page shows, from its parameters; null when there is no such thing.</summary>
    protected abstract Task<T?> ReadAsync(CancellationToken cancel);

    /// <summary>What is read again when it changes: the whole address, unless a page says that less of it matters.</summary>
    protected virtual string Address => Nav.Uri;

    protected override Task OnParametersSetAsync()
    {
        if (readFor == Address) return Task.CompletedTask;
        var first = readFor is null;
        readFor = Address;
        if (first)
        {
            leaving = Kept.RegisterOnPersisting(Leave, RenderMode.InteractiveServer);
            if (Kept.TryTakeFromJson<string>(Slot, out var ticket) && ticket is not null && Handover.Take<Reading<T>>(ticket) is { } taken)
            {
                Now = taken;
                return Task.CompletedTask;
            }
        }
        return RefreshAsync();
    }

    /// <summary>Reads again.</summary>
    protected async Task RefreshAsync()
    {
        current?.Cancel();
        current?.Dispose();
        var mine = current = CancellationTokenSource.CreateLinkedTokenSource(closed.Token);
        Now = Now with { Busy = true };
        try
        {
            var value = await ReadAsync(mine.Token);
            if (!mine.IsCancellationRequested) Now = new(value, null, Busy: false);
        }
        catch (OperationCanceledException) when (mine.IsCancellationRequested)
        {
            // A newer address has taken over, or the page was left.
        }
        catch (Exception fault)
        {
            if (!mine.IsCancellationRequested) Now = new(null, Tell(fault), Busy: false);
        }
        if (!closed.IsCancellationRequested) StateHasChanged();
    }

    /// <summary>Puts a newer value in the place of what is shown, without a round of loading.</summary>
    protected void Put(T value) => Now = new(value, null, Busy: false);

    /// <summary>Says what is wrong in the place of what is shown.</summary>
    protected void Fail(Exception fault) => Now = new(null, Tell(fault), Busy: false);

    /// <summary>Goes to this page's own address with other query parameters; null takes one away.</summary>
    protected void GoTo(params (string Name, object? Value)[] parameters) =>
        Nav.NavigateTo(AddressWith(parameters), replace: false);

    /// <summary>This page's own address with other query parameters.</summary>
    protected string AddressWith(params (string Name, object? Value)[] parameters) =>
        Nav.GetUriWithQueryParameters(parameters.ToDictionary(pair => pair.Name, pair => pair.Value is "" ? null : pair.Value, StringComparer.Ordinal));

    /// <summary>What a person is told of a failure; the log has the rest, found by the same correlation id.</summary>
    protected Fault Tell(Exception fault)
    {
        var correlation = Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        if (fault is BadInputException or CannotException) return new(fault.Message, correlation);
        Logs.CreateLogger(GetType()).LogError(fault, "A page could not be read (correlation {Correlation})", correlation);
        return new(null, correlation);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || closed.IsCancellationRequested) return;
        closed.Cancel();
        closed.Dispose();
        current?.Dispose();
        leaving?.Dispose();
    }

    private string Slot => GetType().Name;

    private Task Leave()
    {
        if (Now is { Busy: false, Fault: null }) Kept.PersistAsJson(Slot, Handover.Leave(Now));
        return Task.CompletedTask;
    }
}
