using Microsoft.AspNetCore.SignalR;

namespace LuohuIOC.Wall;

/// <summary>Brings SignalR's connections into the room: there each has its own mailbox, which SignalR's own broadcast does not give.</summary>
internal sealed class WallLifetime(WallRoom room, ILogger<DefaultHubLifetimeManager<WallHub>> logger) : DefaultHubLifetimeManager<WallHub>(logger)
{
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        room.Join(connection);
    }

    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        await room.LeaveAsync(connection);
        await base.OnDisconnectedAsync(connection);
    }
}
