using LuohuIOC.Texts;
using Microsoft.AspNetCore.SignalR;

namespace LuohuIOC.Wall;

/// <summary>
/// The wall's hub at <c>/hubs/wall</c>. The server calls <c>alert(AlertView)</c> at once on every transition, <c>readings(ReadingView[])</c>
/// a tick, and <c>resync()</c> when a slow client missed alerts and must call <see cref="Snapshot"/>. A client begins with
/// <see cref="Snapshot"/>; of two views of one alert the higher version counts, whichever came first.
/// </summary>
internal sealed class WallHub(City city, WallRoom room) : Hub
{
    public CitySnapshot Snapshot() => city.Snapshot(Context.GetHttpContext() is { } http ? WallRoom.LanguageOf(http) : TextBook.Chinese);

    /// <summary>How this client keeps pace.</summary>
    public WallStats? Stats() => room.StatsOf(Context.ConnectionId);
}
