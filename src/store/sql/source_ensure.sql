-- Makes a source, or gives it the settings of now.
insert into source (name, kind, settings) values (:name, :kind, :settings)
on conflict (name) do update set kind = excluded.kind, settings = excluded.settings
returning id
