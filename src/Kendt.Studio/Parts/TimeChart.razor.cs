using Kendt.Studio.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Vizor.ECharts;

namespace Kendt.Studio.Parts;

/// <summary>Bars over days, hours or minutes. ECharts draws on a canvas, which knows no style sheet: the colours are given for each theme.</summary>
public sealed partial class TimeChart
{
    private readonly string id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(12);
    private DotNetObjectReference<TimeChart>? self;
    private ChartOptions? options;
    private IReadOnlyList<Point>? drawn;
    private bool dark;

    [Parameter, EditorRequired] public IReadOnlyList<Point> Curve { get; set; } = [];

    /// <summary>What it shows, for a screen reader and beside the value on hover.</summary>
    [Parameter, EditorRequired] public string Label { get; set; } = "";

    [Parameter] public int Height { get; set; } = 180;

    /// <summary>A level that moves a little, drawn as a line around its own values; else amounts, drawn as bars from zero.</summary>
    [Parameter] public bool Line { get; set; }

    /// <summary>How a moment is written below the axis; null for the day.</summary>
    [Parameter] public Func<DateTimeOffset, string>? Words { get; set; }

    /// <summary>Amounts that should be none.</summary>
    [Parameter] public bool Bad { get; set; }

    protected override void OnParametersSet()
    {
        if (options is not null && !ReferenceEquals(drawn, Curve)) options = Draw();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        self = DotNetObjectReference.Create(this);
        dark = await Js.InvokeAsync<bool>("kendt.watchTheme", id, self);
        options = Draw();
        StateHasChanged();
    }

    /// <summary>Called by the page when the reader changes the theme.</summary>
    [JSInvokable]
    public Task ThemeChanged(bool isDark) => InvokeAsync(() =>
    {
        dark = isDark;
        options = Draw();
        StateHasChanged();
    });

    public async ValueTask DisposeAsync()
    {
        if (self is null) return;
        try
        {
            await Js.InvokeVoidAsync("kendt.forgetTheme", id);
        }
        catch (JSDisconnectedException)
        {
            // The browser has left; there is nothing to forget.
        }
        self.Dispose();
    }

    private ChartOptions Draw()
    {
        drawn = Curve;
        var (bars, words, lines, surface) = dark ? ("#4fb597", "#929d9b", "#283034", "#1d2426") : ("#1f7d65", "#666e73", "#e9e9e4", "#ffffff");
        if (Bad) bars = dark ? "#d38197" : "#b85b74";
        var label = new AxisLabel { Color = Color.FromHex(words), FontSize = 11, FontFamily = "Inter Variable", HideOverlap = true };
        return new()
        {
            Grid = new() { Left = 4, Right = 8, Top = 12, Bottom = 4, ContainLabel = true },
            Tooltip = new()
            {
                Trigger = TooltipTrigger.Axis,
                BackgroundColor = Color.FromHex(surface),
                BorderColor = Color.FromHex(lines),
                TextStyle = new() { Color = Color.FromHex(dark ? "#e9edeb" : "#1b2023"), FontFamily = "Inter Variable", FontSize = 12 },
            },
            XAxis = new()
            {
                Type = AxisType.Category,
                Data = Curve.Select(point => Words?.Invoke(point.At) ?? Show.ShortDay(point.At)).ToArray(),
                AxisLabel = label,
                AxisTick = new() { Show = false },
                AxisLine = new() { LineStyle = new() { Color = Color.FromHex(lines) } },
            },
            YAxis = new() { Type = AxisType.Value, Scale = Line, MinInterval = 1, AxisLabel = label, SplitLine = new() { LineStyle = new() { Color = Color.FromHex(lines) } }, SplitNumber = 3 },
            Series = [Series(Curve.Select(point => point.Value).ToArray(), Color.FromHex(bars))],
        };
    }

    private ISeries Series(double[] values, Color color) => Line
        ? new LineSeries
        {
            Name = Label,
            Data = values,
            ShowSymbol = false,
            LineStyle = new() { Color = color, Width = 2 },
            ItemStyle = new() { Color = color },
            AreaStyle = new() { Opacity = 0.1 },
        }
        : new BarSeries { Name = Label, Data = values, BarMaxWidth = 18, ItemStyle = new() { Color = color, BorderRadius = 2 } };
}
