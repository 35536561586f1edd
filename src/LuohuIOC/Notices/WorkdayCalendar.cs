using System.Globalization;
using System.Text.Json;

namespace LuohuIOC.Notices;

/// <summary>Which days people work: Monday to Friday without the State Council's holidays, and the weekends that make up for them.</summary>
internal sealed class WorkdayCalendar
{
    private static readonly Lazy<Known> National = new(Read);

    private readonly HashSet<DateOnly> _offDays;
    private readonly HashSet<DateOnly> _makeupWorkdays;

    /// <param name="options">Days of years that the national calendar in here does not have yet.</param>
    public WorkdayCalendar(NoticeOptions options)
    {
        var offDays = options.OffDays.Select(DayOf).OfType<DateOnly>().ToArray();
        _offDays = [.. National.Value.OffDays, .. offDays];
        _makeupWorkdays = [.. National.Value.MakeupWorkdays, .. options.MakeupWorkdays.Select(DayOf).OfType<DateOnly>()];
        LastYear = offDays.Select(day => day.Year).Append(National.Value.LastYear).Max();
    }

    /// <summary>Beyond it weekends alone are known to be free.</summary>
    public int LastYear { get; }

    public bool IsWorkday(DateOnly day) =>
        _makeupWorkdays.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !_offDays.Contains(day));

    /// <summary>A day as the configuration writes it, <c>2027-01-01</c>; null for anything else.</summary>
    public static DateOnly? DayOf(string text) => DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static Known Read()
    {
        using var stream = typeof(WorkdayCalendar).Assembly.GetManifestResourceStream("notices/workdays.json")!;
        return JsonSerializer.Deserialize<Known>(stream, JsonSerializerOptions.Web)!;
    }

    private sealed record Known(int LastYear, DateOnly[] OffDays, DateOnly[] MakeupWorkdays);
}
