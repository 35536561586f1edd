using System.Globalization;
using LuohuIOC.Http;

namespace LuohuIOC.Notices;

/// <summary>
/// When the recipients of a policy are on duty, in Beijing time. A shift over midnight belongs to the day on which it begins: <c>18:00-08:30</c> on workdays ends on
/// Saturday morning.
/// </summary>
internal sealed class DutyHours
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TimeSpan _from;
    private readonly TimeSpan _to;
    private readonly DutyDays _days;

    private DutyHours(TimeSpan from, TimeSpan to, DutyDays days) => (_from, _to, _days) = (from, to, days);

    /// <summary>True for recipients who are always on duty.</summary>
    public bool IsAlways => _days == DutyDays.All && _to - _from == Day;

    /// <param name="hours"><c>08:30-18:00</c>, over midnight where the end is not behind the beginning; empty: all day.</param>
    /// <param name="days"><c>workdays</c>, <c>restdays</c>; empty: all.</param>
    /// <returns>Null when one of them cannot be understood.</returns>
    public static DutyHours? Of(string hours, string days)
    {
        DutyDays? kind = days.Trim() switch
        {
            "" => DutyDays.All,
            "workdays" => DutyDays.Workdays,
            "restdays" => DutyDays.Restdays,
            _ => null,
        };
        if (kind is not { } known) return null;
        if (hours.Trim().Length == 0) return new DutyHours(TimeSpan.Zero, Day, known);
        var ends = hours.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length != 2 || ClockOf(ends[0]) is not { } from || ClockOf(ends[1]) is not { } to || from == Day) return null;
        return new DutyHours(from, to > from ? to : to + Day, known);
    }

    public bool Contains(DateTimeOffset now, WorkdayCalendar calendar)
    {
        var local = now.ToOffset(TimeParameter.ShanghaiOffset);
        var (today, clock) = (DateOnly.FromDateTime(local.DateTime), local.TimeOfDay);
        if (clock >= _from && clock < _to && IsOn(today, calendar)) return true;
        // A shift that has begun yesterday.
        return clock + Day < _to && IsOn(today.AddDays(-1), calendar);
    }

    private bool IsOn(DateOnly day, WorkdayCalendar calendar) => _days == DutyDays.All || calendar.IsWorkday(day) == (_days == DutyDays.Workdays);

    // 24:00 is the end of a day.
    private static TimeSpan? ClockOf(string text) =>
        text == "24:00" ? Day : TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock) ? clock.ToTimeSpan() : null;

    private enum DutyDays : byte
    {
        All,
        Workdays,
        Restdays,
    }
}
