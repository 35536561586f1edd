using System.Globalization;
using LuohuIOC.Simulator.Language;
using Spectre.Console;

namespace LuohuIOC.Simulator.City;

/// <summary>Shows progress: a table that is redrawn on a terminal, a plain line every ten seconds elsewhere.</summary>
public sealed class CityScreen(Wording texts, IAnsiConsole console, TimeProvider clock)
{
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    /// <summary>Shows until stopped.</summary>
    public Task ShowAsync(Func<CityProgress> progress, CancellationToken stop) =>
        console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal ? ShowTableAsync(progress, stop) : ShowLinesAsync(progress, stop);

    public string Line(CityProgress p) => texts[
        "city.line", p.Local.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture), Number(p.RainMmPerHour, "0.0"), Number(p.TideMetres, "0.00"),
        p.FloodedPoints, p.Fires, p.Connected, p.Gateways, p.Acknowledged, p.Offered, p.Readings, p.Refused, p.Dropped]
        + (p.Trouble is null ? "" : texts["city.line.trouble", p.Trouble]);

    private async Task ShowLinesAsync(Func<CityProgress> progress, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LineEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) Write(progress());
        }
        catch (OperationCanceledException)
        {
            // Stopped; the last line shows where it ended.
        }
        Write(progress());
    }

    // Past Spectre, which would break a line for a log at 80 columns.
    private void Write(CityProgress p) => console.Profile.Out.Writer.WriteLine(Line(p));

    private async Task ShowTableAsync(Func<CityProgress> progress, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Redraw, clock);
        await console.Live(Table(progress())).StartAsync(async live =>
        {
            try
            {
                while (await timer.WaitForNextTickAsync(stop)) live.UpdateTarget(Table(progress()));
            }
            catch (OperationCanceledException)
            {
                live.UpdateTarget(Table(progress()));
            }
        });
    }

    private Table Table(CityProgress p)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("").Title(Markup.Escape(texts["city.title"]));
        void Row(string key, string value) => table.AddRow(Markup.Escape(texts[key]), value);
        Row("city.time", p.Local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        Row("city.rain", Number(p.RainMmPerHour, "0.0"));
        Row("city.tide", Number(p.TideMetres, "0.00"));
        Row("city.flooded", p.FloodedPoints > 0 ? $"[red]{p.FloodedPoints}[/] / {p.CrossedPoints}" : $"0 / {p.CrossedPoints}");
        Row("city.fires.now", p.Fires > 0 ? $"[red]{p.Fires}[/]" : "0");
        Row("city.faulty", $"{p.Faulty}");
        Row("city.gateways", p.Connected < p.Gateways ? $"[yellow]{p.Connected}[/] / {p.Gateways}" : $"[green]{p.Connected}[/] / {p.Gateways}");
        Row("city.messages", $"{p.Acknowledged} / {p.Offered}");
        Row("city.readings", $"{p.Readings}");
        Row("city.lost", $"{p.Refused} / {p.Dropped}");
        if (p.Trouble is not null) Row("city.trouble", $"[yellow]{Markup.Escape(p.Trouble)}[/]");
        return table;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
