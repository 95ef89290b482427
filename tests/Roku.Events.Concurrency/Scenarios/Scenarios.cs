namespace Roku.Events.Concurrency;

internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("flush", Small, world =>
        {
            world.Server.Script = request => request == 2 ? Reply.RejectFirst : Reply.Accept;
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 2);
            world.Actor("flusher", async () =>
            {
                await world.FlushAsync();
                await world.FlushAsync();
            });
            world.Actor("end", async () =>
            {
                await world.Until("five taken", counts => counts.Accepted == 5);
                await world.FlushAsync();
                await world.DisposeAsync();
            });
        }),

        new("count", Small, world =>
        {
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 3);
            world.Actor("end", async () =>
            {
                await world.Until("all delivered", counts => counts.Delivered == 6);
                await world.StopAsync();
            });
        }),

        new("age", options =>
        {
            Small(options);
            options.Batch.MaxEvents = 3;
            options.Batch.MaxAge = TimeSpan.FromSeconds(1);
        }, world =>
        {
            world.Producer("p1", 0, 2);
            world.Producer("p2", 2, 2);
            world.Actor("late", async () =>
            {
                await world.Until("some delivered", counts => counts.Delivered > 0);
                await world.EnqueueAsync(4);
            });
            world.Actor("end", async () =>
            {
                await world.Until("all delivered", counts => counts.Delivered == 5);
                await world.DisposeAsync();
            });
        }) { Longest = TimeSpan.FromSeconds(2), HurryUntil = TimeSpan.FromSeconds(3) },

        new("full", options =>
        {
            Small(options);
            options.Batch.MaxEvents = 3;
            options.Queue.MaxBytes = 20_000;
        }, world =>
        {
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 4);
            world.Producer("p3", 8, 2);
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 10);
                await world.FlushAsync();
                await world.DisposeAsync();
            });
        }),

        new("full, given up", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 10_000;
        }, world =>
        {
            var patience = new CancellationTokenSource();
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 2, patience.Token);
            world.Actor("flusher", () => world.FlushAsync(patience.Token));
            world.Actor("impatience", patience.CancelAsync);
            world.Actor("end", async () =>
            {
                await world.Until("p1 done", _ => world.Taken.Contains("e2"));
                await world.StopAsync();
            });
        }),

        new("outage", Small, world =>
        {
            world.Server.Script = request => request is 1 or 3 or 4 ? Reply.Unavailable : Reply.Accept;
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 2);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("end", async () =>
            {
                await world.Until("four delivered", counts => counts.Delivered >= 4);
                await world.DisposeAsync();
            });
        }) { Longest = TimeSpan.FromSeconds(10), HurryUntil = TimeSpan.FromSeconds(10) },

        // After an outage all senders come back, not only the one that probes.
        new("outage, side by side", Small, world =>
        {
            world.Server.Script = request => request switch { <= 2 => Reply.Unavailable, 4 => Reply.Hold, _ => Reply.Accept };
            world.Server.HoldUntil = () => world.Server.Requests > 4;
            world.Producer("p1", 0, 8);
            world.Actor("end", async () =>
            {
                await world.Until("all delivered", counts => counts.Delivered == 8);
                await world.DisposeAsync();
            });
        }) { Longest = TimeSpan.FromSeconds(6), HurryUntil = TimeSpan.FromSeconds(6) },

        new("refused key", Small, world =>
        {
            world.Server.GoodKey = "good-key";
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 2);
            world.Actor("operator", () =>
            {
                world.Change(options => options.ApiKey = "worse-key");
                world.Change(options => options.ApiKey = "good-key");
                return Task.CompletedTask;
            });
            world.Actor("end", async () =>
            {
                await world.Until("four delivered", counts => counts.Delivered >= 4);
                await world.FlushAsync();
                await world.StopAsync();
            });
        }),

        new("refused key, outage", Small, world =>
        {
            world.Server.GoodKey = "good-key";
            world.Server.Script = request => request == 1 ? Reply.Unavailable : Reply.Accept;
            world.Producer("p1", 0, 4);
            world.Actor("operator", async () =>
            {
                await world.Until("three taken", counts => counts.Accepted >= 3);
                world.Change(options => options.ApiKey = "good-key");
            });
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 4);
                await world.FlushAsync();
                await world.StopAsync();
            });
        }) { Longest = TimeSpan.FromSeconds(3), HurryUntil = TimeSpan.FromSeconds(3) },

        new("settings", Small, world =>
        {
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 3);
            world.Actor("operator", () =>
            {
                world.Change(options => options.EventGroupId = "Paccefgh5678");
                world.Change(options => options.Batch.MaxEvents = 3);
                return Task.CompletedTask;
            });
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 6);
                await world.FlushAsync();
                await world.DisposeAsync();
            });
        }),

        // Who waits for room must be let in by the change itself: no request ends before.
        new("settings, full", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 20_000;
        }, world =>
        {
            world.Server.Script = _ => Reply.Hold;
            world.Server.HoldUntil = () => world.Taken.Count == 7;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 3);
            world.Actor("operator", () =>
            {
                world.Change(options => options.Queue.MaxBytes = 100_000);
                return Task.CompletedTask;
            });
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 7);
                await world.DisposeAsync();
            });
        }),

        // Nobody flushes: a shorter age, and more room, must come into force by themselves.
        new("settings alone", options =>
        {
            Small(options);
            options.Batch.MaxEvents = 3;
            options.Queue.MaxBytes = 10_000;
        }, world =>
        {
            world.Producer("p1", 0, 2);
            world.Producer("p2", 2, 2);
            world.Actor("operator", () =>
            {
                world.Change(options =>
                {
                    options.Queue.MaxBytes = 100_000;
                    options.Batch.MaxAge = TimeSpan.FromSeconds(1);
                });
                return Task.CompletedTask;
            });
            world.Actor("end", async () =>
            {
                await world.Until("all delivered", counts => counts.Delivered == 4);
                await world.DisposeAsync();
            });
        }) { HurryUntil = TimeSpan.FromSeconds(2) },

        new("shutdown", Small, world =>
        {
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 3);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("host", () => world.StopAsync());
            world.Actor("end", () => world.DisposeAsync());
        }),

        new("shutdown, full", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 10_000;
        }, world =>
        {
            world.Producer("p1", 0, 3);
            world.Producer("p2", 3, 3);
            world.Actor("end", () => world.DisposeAsync());
        }),

        new("shutdown, outage", Small, world =>
        {
            world.Server.Script = request => request <= 2 ? Reply.Unavailable : Reply.Accept;
            world.Producer("p1", 0, 4);
            world.Actor("host", () => world.StopAsync());
        }) { Longest = TimeSpan.FromSeconds(5), HurryUntil = TimeSpan.FromSeconds(30) },

        new("shutdown, refused key", Small, world =>
        {
            world.MayLose = true;
            world.Server.GoodKey = "good-key";
            world.Producer("p1", 0, 4);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("host", () => world.StopAsync());
            world.Actor("operator", () =>
            {
                world.Change(options => options.ApiKey = "good-key");
                return Task.CompletedTask;
            });
        }),

        new("shutdown, hang", options =>
        {
            Small(options);
            options.Delivery.DrainTimeout = TimeSpan.FromSeconds(0.1);
        }, world =>
        {
            world.MayLose = true;
            var hostsTimeIsUp = new CancellationTokenSource();
            world.Server.Script = request => request switch { 1 => Reply.Hang, 2 => Reply.Accept, 3 => Reply.HangForGood, 4 => Reply.Hold, _ => Reply.Accept };
            world.Server.HoldUntil = () => world.IsDrained;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 3);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("host", () => world.StopAsync(hostsTimeIsUp.Token));
            world.Actor("impatience", hostsTimeIsUp.CancelAsync);
        }) { Longest = TimeSpan.FromSeconds(4), HurryUntil = TimeSpan.FromSeconds(4) },

        // Nothing settles: the drain itself must let those go who wait for room, and what is answered too late counts no more.
        new("shutdown, full, hang", options =>
        {
            Small(options);
            options.Delivery.DrainTimeout = TimeSpan.FromSeconds(0.1);
            options.Queue.MaxBytes = 20_000;
        }, world =>
        {
            world.MayLose = true;
            world.Server.Script = request => request == 1 ? Reply.Hold : Reply.HangForGood;
            world.Server.HoldUntil = () => world.IsDrained;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 3);
            world.Actor("host", () => world.StopAsync());
        }) { Longest = TimeSpan.FromSeconds(4), HurryUntil = TimeSpan.FromSeconds(4) },

        // Rejected events go to the host, whose handler fails once; a flush waits for that.
        new("dead letters", Small, world =>
        {
            world.DeadLetters.Script = call => call == 2 ? Reply.Unavailable : Reply.Accept;
            world.Server.Script = request => request % 2 == 1 ? Reply.RejectFirst : Reply.Accept;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 3);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 7);
                await world.FlushAsync();
                await world.StopAsync();
            });
        }) { HandsOver = true, Longest = TimeSpan.FromSeconds(3), HurryUntil = TimeSpan.FromSeconds(3) },

        new("dead letters, shutdown", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 20_000;
            options.Queue.WhenFull = QueueFullMode.DropOldest;
            options.Delivery.DrainTimeout = TimeSpan.FromSeconds(10);
        }, world =>
        {
            world.MayLose = true;
            world.Server.Script = request => request is 1 or 3 ? Reply.RejectFirst : Reply.Hang;
            world.Producer("p1", 0, 5);
            world.Producer("p2", 5, 5);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("host", () => world.StopAsync());
        }) { HandsOver = true, Longest = TimeSpan.FromSeconds(11), HurryUntil = TimeSpan.FromSeconds(0.1) },

        new("dead letters, hang", options =>
        {
            Small(options);
            options.Delivery.DrainTimeout = TimeSpan.FromSeconds(1);
        }, world =>
        {
            world.MayLose = true;
            world.DeadLetters.Script = call => call switch { 2 => Reply.Hang, 4 => Reply.HangForGood, _ => Reply.Accept };
            world.Server.Script = _ => Reply.RejectFirst;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 4);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("host", () => world.StopAsync());
        }) { HandsOver = true, Longest = TimeSpan.FromSeconds(3), HurryUntil = TimeSpan.FromSeconds(0.1) },

        // Expired events hold memory of the queue until the host has taken them: then there is room for who waits.
        new("dead letters, memory", options =>
        {
            options.Batch.MaxEvents = 1;
            options.Queue.MaxBytes = 20 * 1024 * 1024;
            options.Delivery.MaxEventAge = TimeSpan.FromSeconds(1);
            options.Delivery.MaxRetryDelay = TimeSpan.FromSeconds(1);
        }, world =>
        {
            world.MayLose = true;
            world.Server.Script = _ => Reply.Unavailable;
            world.DeadLetters.Script = call => call == 1 ? Reply.Hold : Reply.Accept;
            world.DeadLetters.HoldUntil = () => world.Dispatcher.Counts is { Expired: > 30, Waiting: 0 };
            world.Actor("p1", async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    await world.EnqueueAsync(i, large: true);
                }
            });
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 40);
                await world.StopAsync();
            });
        }) { HandsOver = true, Longest = TimeSpan.FromSeconds(40) },

        new("drop oldest", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 20_000;
            options.Queue.WhenFull = QueueFullMode.DropOldest;
        }, world =>
        {
            world.MayLose = true;
            world.Producer("p1", 0, 5);
            world.Producer("p2", 5, 5);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 10);
                await world.FlushAsync();
                await world.DisposeAsync();
            });
        }),

        new("expiry", options =>
        {
            Small(options);
            options.Queue.MaxBytes = 20_000;
            options.Delivery.MaxEventAge = TimeSpan.FromSeconds(2);
            options.Delivery.MaxRetryDelay = TimeSpan.FromSeconds(2);
        }, world =>
        {
            world.MayLose = true;
            world.Server.Script = request => request <= 5 ? Reply.Unavailable : Reply.Accept;
            world.Producer("p1", 0, 4);
            world.Producer("p2", 4, 4);
            world.Actor("flusher", () => world.FlushAsync());
            world.Actor("end", async () =>
            {
                await world.Until("all taken", counts => counts.Accepted == 8);
                await world.FlushAsync();
                await world.StopAsync();
            });
        }) { Longest = TimeSpan.FromSeconds(30), HurryUntil = TimeSpan.FromSeconds(20) },
    ];

    private static void Small(RokuEventsOptions options)
    {
        options.Batch.MaxEvents = 2;
        options.Delivery.MaxConcurrentRequests = 2;
    }
}
