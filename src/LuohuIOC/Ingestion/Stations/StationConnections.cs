using System.Net.Sockets;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.Http;
using LuohuIOC.Ingestion.Frames;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>
/// The connections of one listener. Each is read frame by frame, and the next frame only when the one before is durable and answered:
/// a station has one report under way. Bytes that are no frame are passed over and, once for each stretch, kept as a rejection.
/// </summary>
internal sealed class StationConnections(
    PayloadForm form, StationIntake intake, StationBook book, StationBoard board, StationOptions options, TimeProvider time, ILogger log) : ConnectionHandler
{
    // Oldest first: those that no registered station has spoken on. At the bound they give their places up, so that whoever merely holds connections open keeps no station out.
    private readonly LinkedList<ConnectionContext> _nameless = [];
    private readonly Lock _gate = new();
    private readonly LogBudget _strangers = new(time, LogBudget.StrangersMax);
    private int _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _connections) <= options.ConnectionsMax || EndOldestNameless()) await Listen(connection);
            else if (MayTell()) log.LogWarning("Stations: {Remote} refused, {Max} connections of {Form} are open", connection.RemoteEndPoint, options.ConnectionsMax, form.WireName());
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private bool MayTell()
    {
        var may = _strangers.MayTell(out var untold);
        if (untold > 0) log.LogWarning("Stations: {Count} more connections of {Form} were refused or hung up on in the minute before", untold, form.WireName());
        return may;
    }

    private bool EndOldestNameless()
    {
        ConnectionContext? oldest;
        lock (_gate)
        {
            oldest = _nameless.First?.Value;
            if (oldest is not null) _nameless.RemoveFirst();
        }
        oldest?.Abort(new ConnectionAbortedException("Its place is given up: no registered station has spoken on it."));
        return oldest is not null;
    }

    private void Name(LinkedListNode<ConnectionContext> connection)
    {
        lock (_gate)
        {
            if (connection.List is not null) _nameless.Remove(connection);
        }
    }

    private async Task Listen(ConnectionContext connection)
    {
        using var turn = new SemaphoreSlim(1);
        var line = new StationLine($"{connection.RemoteEndPoint}", time.GetUtcNow(), async (bytes, cancellation) =>
        {
            await turn.WaitAsync(cancellation);
            try
            {
                await connection.Transport.Output.WriteAsync(bytes, cancellation);
            }
            finally
            {
                turn.Release();
            }
        });
        LinkedListNode<ConnectionContext> nameless;
        lock (_gate) nameless = _nameless.AddLast(connection);
        var conversation = new Conversation(NewTalk(), line, () => Name(nameless));
        using var idle = new CancellationTokenSource(options.Idle, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, connection.ConnectionClosed);
        // The host stops: the frame at hand is stored and answered, no further one is read.
        using var last = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default);
        try
        {
            while (true)
            {
                var result = await connection.Transport.Input.ReadAsync(last.Token);
                idle.CancelAfter(options.Idle);
                var rest = result.Buffer;
                var goOn = true;
                while (goOn && conversation.Framing.TryCut(ref rest, out var cut)) goOn = await Take(conversation, cut, ended.Token);
                connection.Transport.Input.AdvanceTo(rest.Start, rest.End);
                if (!goOn || result.IsCompleted) return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ConnectionAbortedException)
        {
            log.LogDebug("Stations: {Remote} gone: {Reason}", line.Remote, e.Message);
        }
        finally
        {
            Name(nameless);
            if (conversation.Address is { } address) board.Remove(form, address, line, time.GetUtcNow());
        }
    }

    private IStationTalk NewTalk() => form switch
    {
        PayloadForm.Sl651 => new Sl651Talk(options, time),
        PayloadForm.Hj212 => new Hj212Talk(),
        _ => new Gb26875Talk(),
    };

    // False ends the connection.
    private async Task<bool> Take(Conversation conversation, StationCut cut, CancellationToken cancellation)
    {
        if (cut.Message is not { } message)
        {
            if (!conversation.InNoise) await intake.Refuse(cut.Noise, form, conversation.Address ?? "", cut.Bytes);
            conversation.InNoise = true;
            return true;
        }
        var frame = cut.Bytes;
        if (message.Fault != FrameFault.None)
        {
            if (!conversation.InNoise) await intake.RefuseFrame(FrameDecoder.ReasonOf(message.Fault), form, message.Address, frame);
            // Its check value was right, or there would be no address: what follows is the next frame. Strangers are told of once.
            conversation.InNoise = !book.Knows(form, message.Address);
            if (conversation.InNoise) return true;
            if (message.Parts.Count > 0) await intake.StoreAsync(form, message, cancellation);
            await Answer(conversation, frame, false, cancellation);
            return true;
        }
        conversation.InNoise = false;
        if (!book.Knows(form, message.Address))
        {
            await intake.Refuse(RejectionReason.StationUnknown, form, message.Address, frame);
            if (MayTell()) log.LogWarning("Stations: {Remote} hung up on: no {Form} station {Address} is registered", conversation.Line.Remote, form.WireName(), message.Address);
            return false;
        }
        conversation.Line.LastFrame = frame;
        conversation.Line.HeardAt = time.GetUtcNow();
        if (conversation.Address != message.Address)
        {
            conversation.Address = message.Address;
            conversation.Named();
            board.Set(form, message.Address, conversation.Line);
        }
        if (message.Abandoned is { } abandoned) await intake.RefuseFrame(RejectionReason.FrameIncomplete, form, message.Address, abandoned);
        var isStored = await intake.StoreAsync(form, message, cancellation);
        // Behind a 9014 the station throws its packet away; what was refused whole stands nowhere else.
        await Answer(conversation, frame, isStored || form != PayloadForm.Hj212, cancellation);
        return true;
    }

    private async Task Answer(Conversation conversation, byte[] frame, bool accepted, CancellationToken cancellation)
    {
        if (conversation.Talk.Answer(frame, accepted, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } answer) await conversation.Line.Send(answer, cancellation);
    }

    private sealed class Conversation(IStationTalk talk, StationLine line, Action named)
    {
        public IStationTalk Talk { get; } = talk;

        public StationFraming Framing { get; } = new(talk);

        public StationLine Line { get; } = line;

        /// <summary>A registered station has spoken.</summary>
        public Action Named { get; } = named;

        /// <summary>Under which the station last spoke.</summary>
        public string? Address { get; set; }

        /// <summary>Bytes that are no frame have been kept as a rejection; more of them are not.</summary>
        public bool InNoise { get; set; }
    }
}
